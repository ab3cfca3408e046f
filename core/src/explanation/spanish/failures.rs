//! Why there is no verdict, or none on the document: all other classes, in Spanish.

use crate::code::Code;
use crate::explanation::{Explanation, say};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    Some(match code {
        Code::MalformedEmpty => say("El archivo est\u{e1} vac\u{ed}o",
            "No hay nada en el archivo, o en una parte de \u{e9}l. Probablemente se interrumpi\u{f3} una descarga o \
             una copia; sobre el documento esto no dice nada.",
            "Obtenga el archivo de nuevo y compare su tama\u{f1}o con el del original."),
        Code::MalformedCbor => say("El archivo no es un paquete o est\u{e1} da\u{f1}ado",
            "Los bytes no est\u{e1}n en la codificaci\u{f3}n (CBOR) en que se escriben los paquetes. Casi siempre el \
             archivo es otra cosa, como una imagen, o se da\u{f1}\u{f3} en el camino; sobre el documento esto no dice \
             nada.",
            "Compruebe que la ruta nombra un paquete (casi siempre *.cbor), y obtenga el archivo de nuevo, como \
             adjunto o en un soporte."),
        Code::MalformedTruncated => say("El archivo est\u{e1} cortado",
            "El archivo termina donde un paquete seguir\u{ed}a, como tras una descarga interrumpida o en un correo \
             cortado; o no es un paquete. Sobre el documento esto no dice nada.",
            "Compruebe que la ruta nombra un paquete (casi siempre *.cbor). Obtenga el archivo de nuevo y compare su \
             tama\u{f1}o con el del original."),
        Code::MalformedTrailing => say("El archivo tiene bytes de m\u{e1}s al final",
            "El archivo sigue despu\u{e9}s de terminado su contenido. Algo se agreg\u{f3} en el camino, o el archivo \
             no es un paquete, sino por ejemplo un PDF; sobre el documento esto no dice nada.",
            "Compruebe que la ruta nombra un paquete (casi siempre *.cbor), y obtenga el archivo de nuevo de quien lo \
             hizo."),
        Code::MalformedNotDeterministic => say("El archivo no est\u{e1} en su codificaci\u{f3}n \u{fa}nica",
            "El contenido se podr\u{ed}a escribir de varias maneras y solo se acepta una, para que dos archivos con \
             igual significado sean el mismo archivo. Un programa lo reescribi\u{f3} o lo escribe mal; sobre el \
             documento esto no dice nada.",
            "Obtenga el archivo original de quien lo hizo, y no deje que un programa lo guarde de nuevo."),
        Code::MalformedProfile => say("El archivo usa una forma no permitida",
            "Los bytes est\u{e1}n bien formados, pero usan una clase de valor que ning\u{fa}n archivo de este formato \
             contiene. El archivo es otra cosa o lo hizo un programa defectuoso; sobre el documento esto no dice \
             nada.",
            "Compruebe que la ruta nombra el archivo correcto. Si es as\u{ed}, avise a quien lo hizo."),
        Code::MalformedUtf8 => say("Un texto del archivo est\u{e1} da\u{f1}ado",
            "Un texto del archivo no es Unicode v\u{e1}lido (UTF-8). El archivo se da\u{f1}\u{f3} en el camino o lo \
             hizo un programa defectuoso; sobre el documento esto no dice nada.",
            "Obtenga el archivo de nuevo de quien lo hizo, como adjunto o en un soporte."),
        Code::MalformedKind => say("El archivo es de otra clase",
            "El archivo, o una parte de \u{e9}l, no es lo que corresponde en ese lugar: por ejemplo, una ra\u{ed}z de \
             confianza en vez de un paquete. Sobre el documento esto no dice nada.",
            "Revise las rutas: la ra\u{ed}z de confianza va despu\u{e9}s de --trust, y los paquetes son los \
             dem\u{e1}s argumentos."),
        Code::MalformedField => say("Un campo del archivo est\u{e1} mal",
            "Una parte falta donde no debe, es desconocida, no es del tipo correcto o est\u{e1} fuera de su rango. El \
             archivo se da\u{f1}\u{f3}, o lo hizo un programa defectuoso o m\u{e1}s nuevo; sobre el documento esto no \
             dice nada.",
            "Obtenga el archivo de nuevo. Si se informa el mismo campo, env\u{ed}e el informe a quien hizo el \
             archivo."),
        Code::MalformedBase64 => say("Un valor codificado no est\u{e1} en su forma est\u{e1}ndar",
            "Una clave, una huella o una firma escrita como texto (en base64 o hexadecimal) tiene un car\u{e1}cter, \
             un largo o un final incorrecto. Casi siempre se da\u{f1}\u{f3} o se tecle\u{f3} mal al copiarla.",
            "Copie el valor de nuevo, entero, de su fuente, u obtenga el archivo de nuevo."),
        Code::MalformedNote => say("Las l\u{ed}neas de firma no tienen la forma correcta",
            "Las firmas al pie del resumen del registro (el punto de control) no est\u{e1}n escritas como exige el \
             formato, o un firmante aparece dos veces. Casi siempre un programa cambi\u{f3} l\u{ed}neas o caracteres; \
             sobre el documento esto no dice nada.",
            "Obtenga el archivo de nuevo, como adjunto o en un soporte y no como texto copiado."),
        Code::MalformedCheckpoint => say("El punto de control no tiene la forma correcta",
            "El resumen del registro (el punto de control) no consta de las tres l\u{ed}neas de nombre, tama\u{f1}o y \
             huella ra\u{ed}z que debe tener. Casi siempre un programa cambi\u{f3} finales de l\u{ed}nea o espacios; \
             sobre el documento esto no dice nada.",
            "Obtenga el archivo de nuevo, como adjunto o en un soporte y no como texto copiado."),
        Code::MalformedVkey => say("La clave de verificaci\u{f3}n no tiene la forma correcta",
            "La forma en texto de la clave de un registro o testigo (vkey) no es nombre, identificador y clave unidos \
             por signos m\u{e1}s, o el identificador no es el de la clave. Casi siempre se tecle\u{f3} mal o se \
             cort\u{f3} al copiarla.",
            "Copie de nuevo la l\u{ed}nea entera de quien la publica."),
        Code::MalformedKey => say("La clave p\u{fa}blica no se puede usar",
            "Los bytes no son una clave p\u{fa}blica de la clase aceptada (Ed25519), o son una con la que las firmas \
             no prueban nada. Se da\u{f1}\u{f3}, pertenece a otro m\u{e9}todo o se hizo para enga\u{f1}ar.",
            "Obtenga la clave de nuevo de su due\u{f1}o. Si es la misma, no la use."),
        Code::MalformedLeafIndex => say("Una posici\u{f3}n est\u{e1} m\u{e1}s all\u{e1} del final",
            "El paquete indica una posici\u{f3}n en el registro p\u{fa}blico, o en un lote de documentos, que no \
             existe con el tama\u{f1}o que \u{e9}l mismo indica. Se da\u{f1}\u{f3} o fue alterado, o lo hizo un \
             programa defectuoso.",
            "Pida una copia sin alterar al emisor, o a quien envi\u{f3} el paquete."),
        Code::MalformedProofLength => say("Una prueba tiene un n\u{fa}mero incorrecto de huellas",
            "Cu\u{e1}ntas huellas tiene una prueba se deduce de los tama\u{f1}os y posiciones de que trata, y esta \
             tiene m\u{e1}s o menos. Se da\u{f1}\u{f3} o fue alterada, o la hizo un programa defectuoso.",
            "Pida una copia sin alterar al emisor, o a quien envi\u{f3} el paquete."),
        Code::MalformedTrustFile => say("El archivo trust.toml no se entiende",
            "La forma editable de la ra\u{ed}z de confianza tiene un campo desconocido, ausente o mal escrito. El \
             mensaje dice cu\u{e1}l. No se firm\u{f3} nada.",
            "Corrija esa l\u{ed}nea y vuelva a construirla; `specs/trust.cddl` explica cada campo."),
        Code::MalformedPolicy => say("La pol\u{ed}tica de testigos no tiene la forma correcta",
            "El archivo no es una pol\u{ed}tica de testigos C2SP bien escrita, o usa una clave en dos lugares. No se \
             tom\u{f3} nada de ella.",
            "Corrija la l\u{ed}nea indicada, o consulte a quien escribi\u{f3} la pol\u{ed}tica."),
        Code::MalformedEvidence => say("En esta prueba nada se contradice",
            "El archivo tiene la forma de una prueba de que un registro mostr\u{f3} dos historias, pero sus dos \
             puntos de control pueden ser ciertos a la vez. No prueba nada contra el registro.",
            "Pida la prueba a quien la encontr\u{f3}. Los veredictos no tienen en cuenta este archivo."),
        Code::MalformedTime => say("Una hora no est\u{e1} en la forma correcta",
            "Las horas se escriben de una sola manera, en tiempo universal (UTC), por ejemplo 2026-11-20T08:00:00Z. \
             Esta est\u{e1} escrita de otro modo o nombra un d\u{ed}a o una hora que no existe.",
            "Escriba la hora de esa forma. Si est\u{e1} en un archivo que recibi\u{f3}, avise a quien lo hizo."),
        Code::MalformedEvidenceLog => say("Una l\u{ed}nea del registro de evidencias no es un asiento",
            "El archivo tiene una l\u{ed}nea que ning\u{fa}n registro de evidencias tiene: es otro archivo, o fue \
             editado con otro programa.",
            "Compruebe la ruta. Si es correcta, conserve el archivo tal como est\u{e1} y comp\u{e1}relo con una \
             copia."),
        Code::MalformedManifest => say("No se puede leer una l\u{ed}nea del manifiesto",
            "Un manifiesto consta de l\u{ed}neas como las escribe sha256sum: 64 d\u{ed}gitos hexadecimales, dos \
             espacios, una ruta dentro de la carpeta. Alguna l\u{ed}nea tiene otra forma, nombra una ruta fuera de la \
             carpeta o repite una ruta.",
            "Haga de nuevo el manifiesto con ct hash o sha256sum."),
        Code::LimitBundleSize => say("El paquete es demasiado grande",
            "Un paquete puede tener 4 MiB, incluido su documento. El archivo es m\u{e1}s grande y no se sigui\u{f3} \
             leyendo; es otra cosa o contiene un documento grande. Sobre el documento esto no dice nada.",
            "Compruebe que la ruta nombra un paquete. Si el documento es grande, pida al emisor el paquete sin \
             \u{e9}l y d\u{e9}lo aparte (--document ARCHIVO)."),
        Code::LimitEntrySize => say("La declaraci\u{f3}n del emisor es demasiado grande",
            "La declaraci\u{f3}n es m\u{e1}s grande de lo que puede ser una entrada del registro p\u{fa}blico, \
             as\u{ed} que ning\u{fa}n registro pudo anotarla. El paquete fue alterado o lo hizo un programa \
             defectuoso.",
            "Pida al emisor el paquete original."),
        Code::LimitDepth => say("El archivo tiene demasiados niveles",
            "El archivo contiene listas dentro de listas hasta un nivel que ning\u{fa}n archivo correcto de este \
             formato necesita, y no se sigui\u{f3} leyendo. Es otra cosa, o se hizo para sobrecargar programas.",
            "Compruebe que la ruta nombra el archivo correcto, y obt\u{e9}ngalo de nuevo de su fuente."),
        Code::LimitItems => say("El archivo tiene demasiados elementos",
            "El archivo, o una lista en \u{e9}l, tiene m\u{e1}s elementos de los que permite el formato, y no se \
             sigui\u{f3} leyendo. Es otra cosa, o lo hizo un programa defectuoso o alguien para sobrecargar otros.",
            "Compruebe que la ruta nombra el archivo correcto, y obt\u{e9}ngalo de nuevo de su fuente."),
        Code::LimitLength => say("Un texto o valor es demasiado largo",
            "Un texto o valor, como un nombre, es m\u{e1}s largo de lo que permite el formato, y no se sigui\u{f3} \
             leyendo. El archivo es otra cosa o lo hizo un programa defectuoso.",
            "Compruebe que la ruta nombra el archivo correcto. Si es as\u{ed}, avise a quien lo hizo."),
        Code::LimitNumber => say("Un n\u{fa}mero es demasiado grande",
            "Un n\u{fa}mero, como un tama\u{f1}o, una posici\u{f3}n o una hora, supera lo que permite el formato. El \
             archivo se da\u{f1}\u{f3} o fue alterado, o lo hizo un programa defectuoso.",
            "Obtenga el archivo de nuevo de su fuente. Si se informa el mismo campo, avise a quien lo hizo."),
        Code::LimitProof => say("Una prueba es demasiado larga",
            "Una prueba tiene m\u{e1}s huellas de las que necesita un registro de cualquier tama\u{f1}o posible, y no \
             se sigui\u{f3} leyendo. Fue alterada o la hizo un programa defectuoso.",
            "Pida una copia sin alterar al emisor, o a quien envi\u{f3} el paquete."),
        Code::LimitSignatures => say("El punto de control tiene demasiadas firmas",
            "El resumen del registro (el punto de control) lleva m\u{e1}s firmas de las que permite el formato, y no \
             se siguieron leyendo. Sobre el documento esto no dice nada.",
            "Pida al emisor un paquete con menos firmas de testigos."),
        Code::LimitRecordSize => say("El asiento es demasiado grande para un registro de evidencias",
            "Un asiento de un registro de evidencias tiene un tama\u{f1}o que no puede superar, para que todo lector \
             pueda tenerlo en memoria. No se escribi\u{f3} nada.",
            "Escriba un asiento m\u{e1}s corto y guarde lo que sea grande en un archivo cuya huella digital (ct \
             hash) nombre el asiento."),
        Code::IoNotFound => say("No existe ese archivo o carpeta",
            "En esa ruta no hay nada: est\u{e1} mal escrita, el archivo se movi\u{f3}, o no existe la carpeta que \
             debe recibir un archivo nuevo. No se verific\u{f3} nada.",
            "Revise la ruta, y la carpeta en que se ejecuta la orden."),
        Code::IoPermission => say("El permiso fue denegado",
            "El usuario que ejecuta este programa no puede leer o escribir en esa ruta. No se verific\u{f3} nada.",
            "Pida el permiso al due\u{f1}o del archivo, o use una copia o una carpeta propia."),
        Code::IoNotAFile => say("La ruta no es un archivo ni una carpeta",
            "La ruta nombra otra cosa, como un dispositivo o una tuber\u{ed}a, o una carpeta donde se necesita un \
             archivo. No se abri\u{f3}.",
            "Nombre un archivo o una carpeta com\u{fa}n. Guarde antes en un archivo lo que entrega un dispositivo o \
             una tuber\u{ed}a."),
        Code::IoSymlinkLoop => say("La ruta da vueltas en c\u{ed}rculo",
            "La ruta pasa por enlaces entre archivos que vuelven sobre s\u{ed} mismos, o por demasiados de ellos. No \
             se verific\u{f3} nada.",
            "Nombre el archivo mismo en lugar del enlace."),
        Code::IoNoBundles => say("La carpeta no contiene paquetes",
            "En una carpeta solo cuentan como paquetes los archivos cuyo nombre termina en .cbor, y no hay ninguno. \
             No se verific\u{f3} nada.",
            "Revise la carpeta, o nombre los archivos mismos."),
        Code::IoRead => say("Fall\u{f3} la lectura",
            "El sistema inform\u{f3} un error durante la lectura, como ocurre con un disco que falla, un soporte \
             retirado o una carpeta de red perdida. No se puede concluir nada sobre el archivo.",
            "Copie el archivo a otro soporte e intente de nuevo. Si falla, obt\u{e9}ngalo otra vez."),
        Code::IoWrite => say("Fall\u{f3} la escritura",
            "El sistema inform\u{f3} un error durante la escritura: el disco puede estar lleno o retirado. Lo que se \
             estaba escribiendo est\u{e1} incompleto o falta.",
            "Haga lugar o elija otra carpeta, y ejecute la orden de nuevo."),
        Code::IoExists => say("El archivo ya existe",
            "La orden crea un archivo nuevo y no sobrescribe lo que hay en esa ruta. No se cambi\u{f3} nada.",
            "Elija otro nombre, o mueva el archivo existente si ya no lo necesita all\u{ed}."),
        Code::IoKeyPermissions => say("Otros usuarios pueden leer la clave privada",
            "Una clave privada solo est\u{e1} segura mientras nadie m\u{e1}s que su due\u{f1}o pueda leer el archivo; \
             por eso se rechaz\u{f3}. Puede que alguien ya la haya copiado.",
            "Restrinja el archivo a su due\u{f1}o (chmod 600 ARCHIVO). Reemplace la clave si otro usuario pudo \
             haberla le\u{ed}do."),
        Code::IoKeyFile => say("El archivo de clave no se puede usar",
            "El archivo no es una clave Ed25519 en la forma que lee este programa (PEM), o es una clave para otra \
             funci\u{f3}n o con otro identificador que el pedido. No se us\u{f3}.",
            "Revise la ruta y la funci\u{f3}n, y nombre el archivo hecho para esa funci\u{f3}n."),
        Code::IoKeyPassphrase => say("Falta la frase de paso de la clave o es incorrecta",
            "La clave privada est\u{e1} cifrada. No se dio ninguna frase de paso, o la que se dio no la abre.",
            "D\u{e9} la frase de paso cuando se le pida, o el archivo que la contiene con --passphrase-file. Una \
             frase olvidada no se puede recuperar: haga una clave nueva y h\u{e1}gala incluir en la ra\u{ed}z de \
             confianza."),
        Code::TrustMalformed => say("La ra\u{ed}z de confianza est\u{e1} da\u{f1}ada o no lo es",
            "El archivo dado como ra\u{ed}z de confianza (el que dice en qui\u{e9}n confiar) no est\u{e1} escrito \
             como tal: es otra cosa o se da\u{f1}\u{f3} en el camino. Con \u{e9}l no se puede verificar ning\u{fa}n \
             documento; sobre el documento esto no dice nada.",
            "Revise la ruta despu\u{e9}s de --trust, y obtenga la ra\u{ed}z de confianza de nuevo de quien la \
             publica."),
        Code::TrustKind => say("El archivo no es una ra\u{ed}z de confianza",
            "El archivo dado como ra\u{ed}z de confianza (el que dice en qui\u{e9}n confiar) es de otra clase: un \
             paquete, tal vez. Sobre el documento esto no dice nada.",
            "Revise las rutas: la ra\u{ed}z de confianza va despu\u{e9}s de --trust, y los paquetes son los \
             dem\u{e1}s argumentos."),
        Code::TrustVersion => say("La ra\u{ed}z de confianza es de una versi\u{f3}n m\u{e1}s nueva",
            "La ra\u{ed}z de confianza usa una versi\u{f3}n del formato que este programa no conoce. Puede ser \
             perfectamente v\u{e1}lida; este programa no puede saberlo.",
            "Consiga una versi\u{f3}n m\u{e1}s nueva de este programa, o pida a quien la publica una ra\u{ed}z en el \
             formato anterior."),
        Code::TrustSize => say("La ra\u{ed}z de confianza es demasiado grande",
            "Una ra\u{ed}z de confianza (el archivo que dice en qui\u{e9}n confiar) puede tener 1 MiB. El archivo es \
             m\u{e1}s grande y no se ley\u{f3}; probablemente es otra cosa. Sobre el documento esto no dice nada.",
            "Revise la ruta despu\u{e9}s de --trust, y obtenga la ra\u{ed}z de confianza de nuevo de quien la \
             publica."),
        Code::TrustThreshold => say("Muy pocas claves ra\u{ed}z firmaron la ra\u{ed}z de confianza",
            "La ra\u{ed}z de confianza (el archivo que dice en qui\u{e9}n confiar) exige firmas de cierto n\u{fa}mero \
             de sus claves ra\u{ed}z y tiene menos. Est\u{e1} sin terminar o fue alterada, y nada de lo que dice \
             cuenta.",
            "Obtenga la ra\u{ed}z de confianza terminada de quien la publica, y compare su huella por tel\u{e9}fono."),
        Code::TrustSignature => say("Una firma de la ra\u{ed}z de confianza no es v\u{e1}lida",
            "La ra\u{ed}z de confianza (el archivo que dice en qui\u{e9}n confiar) se cambi\u{f3} despu\u{e9}s de \
             firmarse, o la firm\u{f3} otro. Nada de lo que dice cuenta.",
            "No use este archivo. Obtenga la ra\u{ed}z de confianza de nuevo de quien la publica, y compare su huella \
             por tel\u{e9}fono."),
        Code::TrustKeyReuse => say("La ra\u{ed}z de confianza usa una clave en dos lugares",
            "Cada clave puede tener un lugar y una funci\u{f3}n, como registro o testigo; si no, una parte \
             podr\u{ed}a hacer de varias, o una firma hecha para un fin mostrarse para otro. Sobre el documento esto \
             no dice nada.",
            "Avise a quien publica la ra\u{ed}z de confianza. Si es usted, cree una clave propia para cada \
             funci\u{f3}n."),
        Code::TrustWeakKey => say("La ra\u{ed}z de confianza contiene una clave inservible",
            "Una de las claves est\u{e1} da\u{f1}ada, o es una con la que las firmas no prueban nada. Se rechaza la \
             ra\u{ed}z de confianza entera; sobre el documento esto no dice nada.",
            "Avise a quien publica la ra\u{ed}z de confianza. Si es usted, reemplace la clave por una creada con ct \
             keygen."),
        Code::TrustDuplicate => say("La ra\u{ed}z de confianza usa un nombre dos veces",
            "Dos registros, testigos, emisores o claves de la ra\u{ed}z de confianza (el archivo que dice en \
             qui\u{e9}n confiar) tienen el mismo nombre o identificador: uno podr\u{ed}a pasar por el otro. Sobre el \
             documento esto no dice nada.",
            "Avise a quien publica la ra\u{ed}z de confianza. Si es usted, d\u{e9} a cada uno su propio nombre y \
             constr\u{fa}yala de nuevo."),
        Code::TrustPolicy => say("La ra\u{ed}z de confianza se contradice",
            "Una regla de la ra\u{ed}z de confianza (el archivo que dice en qui\u{e9}n confiar) no se puede cumplir: \
             un per\u{ed}odo que termina antes de empezar, m\u{e1}s testigos exigidos de los que hay, o un nombre que \
             no figura. Sobre el documento esto no dice nada.",
            "Avise a quien publica la ra\u{ed}z de confianza. Si es usted, corrija el campo que nombra el informe y \
             constr\u{fa}yala de nuevo."),
        Code::TrustRollback => say("La ra\u{ed}z de confianza es anterior a una ya usada",
            "Este puesto ya us\u{f3} una ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica, u otra con el \
             mismo n\u{fa}mero. Una ra\u{ed}z antigua puede confiar en claves que ya fueron retiradas.",
            "Use la ra\u{ed}z de confianza m\u{e1}s nueva. Si existen dos con el mismo n\u{fa}mero, compare sus \
             huellas por tel\u{e9}fono con quien la publica."),
        Code::TrustChain => say("Nada enlaza la ra\u{ed}z de confianza con la \u{fa}ltima usada",
            "Una nueva ra\u{ed}z de confianza cuenta si tambi\u{e9}n la firmaron suficientes claves ra\u{ed}z de \
             la anterior. La \u{fa}ltima que us\u{f3} este puesto no est\u{e1} entre las que se dieron, as\u{ed} \
             que no se puede comprobar.",
            "D\u{e9} tambi\u{e9}n las ra\u{ed}ces intermedias, la m\u{e1}s antigua primero: repita `--trust`."),
        Code::TrustExpired => say("La ra\u{ed}z de confianza est\u{e1} vencida",
            "La ra\u{ed}z de confianza (el archivo que dice en qui\u{e9}n confiar) termina en una fecha que ya \
             pas\u{f3} a la hora de la verificaci\u{f3}n, as\u{ed} que pueden faltarle revocaciones y claves \
             recientes. Sobre el documento esto no dice nada.",
            "Revise la fecha de este equipo, o --at. Si es correcta, obtenga la ra\u{ed}z de confianza m\u{e1}s nueva \
             de quien la publica."),
        Code::TrustNotYetValid => say("La ra\u{ed}z de confianza todav\u{ed}a no rige",
            "La ra\u{ed}z de confianza (el archivo que dice en qui\u{e9}n confiar) empieza en una fecha posterior a \
             la hora de la verificaci\u{f3}n. Casi siempre el reloj de este equipo est\u{e1} atrasado, o --at es \
             demasiado temprano.",
            "Revise la fecha de este equipo, o --at. Si es correcta, use la ra\u{ed}z de confianza que rige ahora."),
        Code::UsageArguments => say("No se entiende la l\u{ed}nea de \u{f3}rdenes",
            "Una opci\u{f3}n o un argumento falta, es desconocido o no va con otro. No se hizo nada.",
            "Ejecute la orden con --help y corrija la l\u{ed}nea."),
        Code::UsageTime => say("La hora dada no est\u{e1} en la forma aceptada",
            "Las horas se dan en tiempo universal (UTC) y en una sola forma, por ejemplo 2026-11-20T08:00:00Z. No se \
             verific\u{f3} nada.",
            "Escriba la hora de esa forma. Sin --at se usa el reloj de este equipo."),
        Code::UsageSeveralInputs => say("Se dieron varias entradas donde se espera una",
            "Se pidi\u{f3} un solo informe (--json), y las rutas llevan a varios paquetes. No se verific\u{f3} nada.",
            "Nombre un paquete, o use --jsonl para un informe por l\u{ed}nea."),
        Code::UsageResume => say("Los veredictos desde los que continuar no son de esta ejecuci\u{f3}n",
            "El archivo tras --resume contiene veredictos de otros paquetes, de otra ra\u{ed}z de confianza, otro modo \
             u otra hora, o no es una lista de veredictos. Continuar mezclar\u{ed}a dos ejecuciones. Nada se \
             verific\u{f3}.",
            "Repita las opciones y rutas de la primera ejecuci\u{f3}n, o empiece un archivo nuevo."),
        Code::UsageSandbox => say("El aislamiento no es posible aqu\u{ed}",
            "Con --sandbox require el programa s\u{f3}lo trabaja si el sistema puede quitarle el derecho de abrir \
             conexiones. Este sistema no puede, o el programa se compil\u{f3} para uno en el que no sabe c\u{f3}mo \
             hacerlo. No se ley\u{f3} nada.",
            "Use un sistema Linux con seccomp y Landlock (5.13 o posterior), o elija --sandbox auto y lea lo que dice \
             que se hace cumplir."),
        Code::Internal => say("El programa tiene un defecto",
            "El programa lleg\u{f3} a un estado que sus autores cre\u{ed}an imposible. No se puede concluir nada, ni \
             a favor ni en contra del documento.",
            "Informe el defecto con la versi\u{f3}n del programa, la orden y, si puede compartirlo, el archivo. No \
             act\u{fa}e seg\u{fa}n esta ejecuci\u{f3}n."),
        Code::Interrupted => say("La ejecuci\u{f3}n se detuvo",
            "Alguien o algo detuvo el programa antes de que terminara. Los veredictos mostrados hasta entonces valen; \
             de los dem\u{e1}s documentos no se sabe nada.",
            "Ejecute la orden de nuevo."),
        _ => return None,
    })
}
