//! What a log that runs as a service says to those who write to it, in Spanish.

use crate::code::Code;
use crate::explanation::{Explanation, say};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    Some(match code {
        Code::TamperedEnvelope => say("La firma de la petici\u{f3}n no es correcta",
            "La petici\u{f3}n al registro no est\u{e1} firmada por la clave que nombra, fue cambiada en el camino o \
             se hizo para otro registro. No se anot\u{f3} nada.",
            "Compruebe qu\u{e9} archivo de clave y qu\u{e9} direcci\u{f3}n del registro se usan juntos, y \
             env\u{ed}e la petici\u{f3}n de nuevo, con una firma nueva."),
        Code::TamperedPayload => say("La petici\u{f3}n fue cambiada en el camino",
            "Las declaraciones que llegaron con la petici\u{f3}n no son aquellas cuya huella digital (SHA-256) \
             indica. No se anot\u{f3} nada.",
            "Env\u{ed}ela de nuevo. Si se repite, un programa entre usted y el registro cambia lo que pasa por \
             \u{e9}l."),
        Code::TamperedState => say("La memoria del registro se contradice",
            "Lo que este nodo tiene guardado no concuerda con lo que ha firmado o con lo que tienen los dem\u{e1}s \
             nodos. Se ha detenido para que no surja una segunda historia.",
            "Conserve el directorio del nodo tal como est\u{e1} y comp\u{e1}relo con una copia: ct-node fsck DIR."),
        Code::ReplayedRequest => say("La petici\u{f3}n ya se hab\u{ed}a enviado",
            "Ya se recibi\u{f3} una petici\u{f3}n con este n\u{fa}mero de un solo uso. Las peticiones se firman de \
             nuevo cada vez; esta es copia de una anterior, quiz\u{e1} hecha por otra persona.",
            "Para preguntar otra vez, firme de nuevo con el mismo identificador: la respuesta es la original y nada \
             se anota dos veces."),
        Code::ConflictRequestId => say("El identificador de la petici\u{f3}n se us\u{f3} para otra cosa",
            "El registro recibi\u{f3} una petici\u{f3}n con este identificador, pero con otras declaraciones. No se \
             puede saber cu\u{e1}l de las dos vale, as\u{ed} que esta no se anot\u{f3}.",
            "Use un identificador nuevo para cada petici\u{f3}n nueva, y el mismo solo para repetir las mismas \
             declaraciones."),
        Code::ConflictStatement => say("El n\u{fa}mero de esta declaraci\u{f3}n ya se hab\u{ed}a usado",
            "El registro ya tiene una declaraci\u{f3}n de este emisor con el mismo identificador (cti), y cada uno \
             se usa una sola vez, para siempre. De esta petici\u{f3}n no se anot\u{f3} nada.",
            "Antes de emitir nada de nuevo, pregunte al registro qu\u{e9} fue de la petici\u{f3}n anterior."),
        Code::ConflictVersion => say("Otra persona lo cambi\u{f3} antes",
            "El cambio se hizo para otra versi\u{f3}n de lo que el registro tiene ahora. No se llev\u{f3} a cabo, para que \
             no se pierda el cambio de nadie.",
            "Vea lo que el registro tiene ahora y haga el cambio de nuevo si sigue siendo correcto."),
        Code::UnknownClient => say("El registro no conoce al remitente",
            "La clave que firm\u{f3} la petici\u{f3}n no es de ning\u{fa}n cliente de este registro. No se \
             anot\u{f3} nada.",
            "Pida al operador del registro que d\u{e9} de alta la clave, o use la que est\u{e1} dada de alta."),
        Code::UnknownRequest => say("El registro no conoce esta petici\u{f3}n",
            "No se ha anotado ninguna petici\u{f3}n con este identificador, o hace tanto tiempo que su respuesta ya \
             no se conserva.",
            "Compruebe el identificador y la direcci\u{f3}n del registro. Si la petici\u{f3}n se envi\u{f3} y no \
             hubo respuesta, env\u{ed}ela de nuevo con el mismo identificador."),
        Code::NotAnchoredPending => say("A\u{fa}n no es definitivo",
            "La declaraci\u{f3}n est\u{e1} anotada, pero ning\u{fa}n punto de control con suficientes testigos la \
             cubre todav\u{ed}a. Hasta entonces no hay paquete que se pueda verificar.",
            "Pregunte de nuevo dentro de un momento. Si contin\u{fa}a, el operador del registro debe ver si los \
             testigos responden."),
        Code::StaleRequest => say("La hora de la petici\u{f3}n difiere demasiado",
            "La hora de la petici\u{f3}n firmada difiere del reloj del registro m\u{e1}s de lo permitido, as\u{ed} \
             que podr\u{ed}a ser una copia antigua. No se anot\u{f3} nada.",
            "Compruebe el reloj y el huso horario de esta m\u{e1}quina, y env\u{ed}e la petici\u{f3}n de nuevo, con \
             una firma nueva."),
        Code::UnsupportedMessage => say("El registro no entiende esta clase de petici\u{f3}n",
            "La petici\u{f3}n firmada nombra una versi\u{f3}n o un tipo de mensaje que este registro no conoce, y \
             se rechaz\u{f3} sin leerla.",
            "Use un programa tan nuevo como el registro, o pregunte al operador qu\u{e9} versiones acepta."),
        Code::MalformedEnvelope => say("La petici\u{f3}n no est\u{e1} escrita como tal",
            "Los bytes enviados no son una petici\u{f3}n firmada: falta un campo, o algo est\u{e1} escrito de otro \
             modo que el debido.",
            "Env\u{ed}e las peticiones con ct-node issue, o consulte el formato en specs/envelope.md."),
        Code::TamperedWal => say("El registro de escritura anticipada del nodo est\u{e1} da\u{f1}ado",
            "En el disco del nodo faltan o est\u{e1}n da\u{f1}ados asientos que \u{e9}l ya hab\u{ed}a confirmado. \
             Seguir adelante romper\u{ed}a lo que prometi\u{f3}, as\u{ed} que el nodo no arranca; lo que no se pudo \
             leer se movi\u{f3} a la carpeta quarantine.",
            "Restaure la carpeta del nodo desde una copia de seguridad, o deje que los otros nodos lo pongan al \
             d\u{ed}a con un ID nuevo. Conserve los archivos da\u{f1}ados y revise el disco."),
        Code::UnknownOutcome => say("No se sabe si la orden se ejecut\u{f3}",
            "El nodo hab\u{ed}a aceptado la orden cuando se detuvo o dej\u{f3} de dirigir, antes de poder responder. La \
             orden puede haberse ejecutado, o puede ejecutarse todav\u{ed}a.",
            "Env\u{ed}e la orden otra vez con el mismo ID de solicitud: se ejecuta una sola vez, por muchas veces que \
             se env\u{ed}e."),
        Code::MalformedRequest => say("La petici\u{f3}n no tiene la forma correcta",
            "Un programa pidi\u{f3} algo a un servidor, y su petici\u{f3}n no est\u{e1} escrita como exige el protocolo \
             (HTTP), o nombra algo que no puede. No se cambi\u{f3} nada.",
            "Corrija el programa que pide; el mensaje dice qu\u{e9} est\u{e1} mal."),
        Code::MalformedConfig => say("El archivo de configuraci\u{f3}n no se entiende",
            "La configuraci\u{f3}n tiene un ajuste desconocido, o le falta uno, o no est\u{e1} escrito como debe. El \
             mensaje dice cu\u{e1}l. El servicio no se inici\u{f3}.",
            "Corrija ese ajuste e inicie de nuevo."),
        Code::LimitRequestSize => say("La petici\u{f3}n es demasiado grande",
            "Una petici\u{f3}n tiene m\u{e1}s bytes de los que acepta el servidor. Se rechaz\u{f3} antes de leerla, y no \
             se cambi\u{f3} nada.",
            "Env\u{ed}e menos de una vez, en varias peticiones."),
        Code::LimitConnections => say("El servidor tiene demasiadas conexiones",
            "Ya est\u{e1}n conectados tantos clientes como acepta el servidor, y este fue rechazado. No se cambi\u{f3} \
             nada.",
            "Intente m\u{e1}s tarde. Si dura, el operador debe buscar clientes que se conectan con demasiada \
             frecuencia."),
        Code::LimitTooSlow => say("Tard\u{f3} demasiado",
            "Un cliente envi\u{f3} o ley\u{f3} con demasiada lentitud, o el tiempo que dio para su petici\u{f3}n se \
             agot\u{f3} antes de la respuesta. La petici\u{f3}n se abandon\u{f3}, y no se sabe si se llev\u{f3} a cabo.",
            "Env\u{ed}e la misma petici\u{f3}n de nuevo, con el mismo identificador; d\u{e9} m\u{e1}s tiempo o revise la \
             red."),
        Code::IoPortInUse => say("Otro programa usa el puerto",
            "El servicio no puede escuchar en su direcci\u{f3}n porque otro programa ya lo hace; quiz\u{e1}s est\u{e1} en \
             marcha dos veces. No se inici\u{f3}.",
            "Detenga el otro programa, o elija otro puerto en la configuraci\u{f3}n."),
        Code::IoNetwork => say("No se pudo alcanzar un servidor",
            "No se pudo conectar con otra m\u{e1}quina, o no respondi\u{f3} a tiempo, o lo que envi\u{f3} no es una \
             respuesta.",
            "Revise la direcci\u{f3}n y la red, e intente de nuevo. Su operador puede saber de una interrupci\u{f3}n."),
        Code::IoLogPoisoned => say("El nodo no pudo escribir su registro y se detuvo",
            "Fall\u{f3} la escritura del registro de escritura anticipada: el disco est\u{e1} lleno, defectuoso o fue \
             retirado. Lo que no se confirm\u{f3} antes puede haberse perdido; ya no se confirma nada.",
            "Libere espacio o cambie el disco y arranque el nodo otra vez: sigue desde lo que hay en el disco."),
        Code::LimitInFlight => say("El nodo tiene demasiado que hacer en este momento",
            "Esperan respuesta tantas \u{f3}rdenes como el nodo acepta a la vez, o tantos bytes. Esta orden se \
             rechaz\u{f3} antes de hacer nada con ella.",
            "Env\u{ed}e la orden otra vez despu\u{e9}s de una pausa, con el mismo ID de solicitud."),
        Code::TamperedFrame => say("Un mensaje entre nodos fue alterado",
            "Lo que un nodo recibi\u{f3} de otro no es lo que se envi\u{f3}, o era para otro. No se actu\u{f3} seg\u{fa}n \
             ello, y la conexi\u{f3}n se cerr\u{f3}.",
            "Vea qu\u{e9} dos nodos fueron y busque lo que hay entre ellos; si dura, compare sus claves."),
        Code::ReplayedFrame => say("Un mensaje entre nodos lleg\u{f3} dos veces, o no lleg\u{f3}",
            "Los mensajes de una conexi\u{f3}n entre dos nodos est\u{e1}n contados, y uno ten\u{ed}a otro n\u{fa}mero. No se \
             actu\u{f3} seg\u{fa}n \u{e9}l, y la conexi\u{f3}n se cerr\u{f3}.",
            "Nada, si pasa una vez: los nodos se conectan de nuevo. Si dura, busque lo que hay entre ellos."),
        Code::ConflictMembers => say("Los miembros no se pueden cambiar as\u{ed} ahora",
            "El cambio dejar\u{ed}a al registro con muy pocos miembros, o con uno que ya existe, o hay otro cambio en \
             curso. No se cambi\u{f3} nada.",
            "Vea los miembros con ct-node status e intente de nuevo cuando termine el cambio anterior."),
        Code::NotLeaderNode => say("Otro nodo dirige el registro",
            "Solo el nodo que dirige acepta peticiones, y este no dirige en este momento. No se registr\u{f3} nada.",
            "Env\u{ed}e la misma petici\u{f3}n, con el mismo identificador, al nodo que nombra el mensaje; si no nombra \
             ninguno, intente de nuevo en un momento."),
        Code::UnknownPeer => say("No es un nodo de este registro",
            "Alguien se conect\u{f3}, o respondi\u{f3}, con una clave que no es de ning\u{fa}n miembro del registro. La \
             conexi\u{f3}n se cerr\u{f3}.",
            "Revise las claves y direcciones de los nodos en sus configuraciones, y con ct-node status."),
        Code::UnknownMember => say("El registro no tiene ese nodo",
            "Ning\u{fa}n miembro del registro tiene el n\u{fa}mero que se nombr\u{f3}. No se cambi\u{f3} nada.",
            "Vea qu\u{e9} miembros hay: ct-node status."),
        Code::IncompleteNode => say("El nodo a\u{fa}n no est\u{e1} completo",
            "El nodo perdi\u{f3} lo que ten\u{ed}a guardado, o es nuevo, y no vota ni participa hasta tener otra vez todo \
             de los dem\u{e1}s.",
            "D\u{e9}jelo en marcha, con la mayor\u{ed}a de los otros nodos: se pone al d\u{ed}a solo. Vea: ct-node status."),
        Code::DiscontinuousRestore => say("El registro restaurado es m\u{e1}s viejo que lo atestiguado",
            "Hay testigos que cofirmaron m\u{e1}s de este registro de lo que tiene la copia, u otra cosa. Si continuara, \
             habr\u{ed}a dos historias. No se firma nada.",
            "Restaure una copia m\u{e1}s nueva, o traiga las entradas que faltan de lo publicado; si no, el registro debe \
             terminar y empezar de nuevo con otro origen."),
        Code::MalformedFrame => say("Un mensaje entre nodos no se entiende",
            "Lo que un nodo recibi\u{f3} de otro no es un mensaje de su protocolo. No se actu\u{f3} seg\u{fa}n ello, y la \
             conexi\u{f3}n se cerr\u{f3}.",
            "Use la misma versi\u{f3}n de ct-node en todos los nodos y revise que la direcci\u{f3}n sea de un nodo."),
        Code::LimitFrameSize => say("Un mensaje entre nodos es demasiado largo",
            "Lo que un nodo recibi\u{f3} anuncia m\u{e1}s bytes de los que puede tener ese mensaje. Se rechaz\u{f3} antes \
             de leerlo, y la conexi\u{f3}n se cerr\u{f3}.",
            "Use la misma versi\u{f3}n de ct-node en todos los nodos y revise que la direcci\u{f3}n sea de un nodo."),
        _ => return None,
    })
}
