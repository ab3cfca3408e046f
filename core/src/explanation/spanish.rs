//! The catalogue in Spanish, impersonal or with the formal `usted`.

use super::{Explanation, say};
use crate::code::Code;
use crate::verify::{Skip, StepName};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Explanation {
    match code {
        Code::Ok => say("El documento est\u{e1} verificado",
            "Un emisor de confianza firm\u{f3} este documento, el registro p\u{fa}blico lo anot\u{f3}, suficientes \
             testigos vieron la anotaci\u{f3}n y nada en la ra\u{ed}z de confianza lo revoca. Eso indica qui\u{e9}n \
             lo emiti\u{f3} y que no fue alterado, no que su contenido sea cierto.",
            "Lea el motivo de cada control omitido; si es el del documento, compare usted mismo su SHA-256. La \
             primera vez que use una ra\u{ed}z de confianza, compare su huella por tel\u{e9}fono con quien la \
             publica."),
        Code::TamperedDocument => say("El documento fue alterado",
            "El documento presentado no es, byte por byte, el que se emiti\u{f3}. Alguien pudo haberlo cambiado; \
             tambi\u{e9}n ocurre si un programa abri\u{f3} el PDF y lo volvi\u{f3} a guardar, o si el documento \
             pertenece a otro paquete.",
            "Obtenga el documento de nuevo tal como lo envi\u{f3} el emisor, sin abrirlo y guardarlo, y verifique esa \
             copia. Si tambi\u{e9}n falla, consulte al emisor; no acepte esta copia."),
        Code::TamperedDocumentHash => say("El paquete nombra dos documentos distintos",
            "La huella del documento (SHA-256) en el paquete difiere de la que figura en la entrada que el emisor \
             hizo para \u{e9}l. El paquete fue alterado o armado con partes de varios; sobre el paquete original esto \
             no dice nada.",
            "Pida el paquete original al emisor, o a quien lo envi\u{f3}, y verif\u{ed}quelo."),
        Code::TamperedSubject => say("La declaraci\u{f3}n del emisor trata de otro documento",
            "La entrada sobre este documento (el sujeto) no es la que cubre la declaraci\u{f3}n firmada del emisor. \
             El paquete fue alterado o mezcla partes de varios paquetes.",
            "Pida al emisor el paquete de este mismo documento y verif\u{ed}quelo."),
        Code::TamperedBatch => say("El paquete contradice el tama\u{f1}o del lote firmado",
            "Un emisor puede firmar muchos documentos a la vez, y firma cu\u{e1}ntos son. El paquete indica otro \
             n\u{fa}mero, as\u{ed} que no vale su prueba de que este documento era uno de ellos.",
            "Pida al emisor el paquete original de este documento y verif\u{ed}quelo."),
        Code::TamperedStatement => say("La firma del emisor no es v\u{e1}lida",
            "La declaraci\u{f3}n, tal como est\u{e1}, no fue firmada con la clave del emisor que figura en su \
             ra\u{ed}z de confianza. Se cambi\u{f3} despu\u{e9}s de firmarse o nunca fue de este emisor; m\u{e1}s \
             raramente, la ra\u{ed}z tiene otra clave con el mismo nombre.",
            "No acepte el documento. Obtenga el paquete del propio emisor y la ra\u{ed}z de confianza vigente de \
             quien la publica, y verifique de nuevo."),
        Code::TamperedTreeSize => say("El paquete contradice su punto de control",
            "El paquete indica un tama\u{f1}o del registro p\u{fa}blico, y el resumen firmado del registro (el punto \
             de control) indica otro. El paquete fue alterado o mezcla partes de varios paquetes.",
            "Pida una copia sin alterar al emisor, o a quien envi\u{f3} el paquete, y verif\u{ed}quela."),
        Code::TamperedCheckpoint => say("La firma del registro no es v\u{e1}lida",
            "El resumen del registro p\u{fa}blico (el punto de control) nombra una clave del registro que su \
             ra\u{ed}z de confianza conoce, pero la firma no corresponde. Alguien lo cambi\u{f3} o lo escribi\u{f3} \
             otro; no demuestra que el propio registro haya hecho trampa.",
            "No acepte el documento. Obtenga el paquete del propio emisor y verif\u{ed}quelo."),
        Code::TamperedCosignature => say("La firma de un testigo no es v\u{e1}lida",
            "Una firma en el resumen del registro (el punto de control) nombra a un testigo de confianza, pero no \
             corresponde. El punto de control o la firma fueron cambiados o falsificados; una sola firma as\u{ed} \
             basta para rechazar el paquete.",
            "No acepte el documento. Obtenga el paquete del propio emisor y verif\u{ed}quelo."),
        Code::TamperedInclusion => say("La anotaci\u{f3}n en el registro p\u{fa}blico no est\u{e1} probada",
            "La prueba del paquete no lleva de la declaraci\u{f3}n del emisor al resumen firmado del registro (el \
             punto de control). Se cambi\u{f3} la prueba, la declaraci\u{f3}n o el punto de control; si la \
             declaraci\u{f3}n est\u{e1} en el registro queda sin saberse.",
            "Pida al emisor el paquete original de este documento y verif\u{ed}quelo."),
        Code::TamperedConsistency => say("El punto de control nuevo no contin\u{fa}a el anterior",
            "El paquete agrega un resumen m\u{e1}s nuevo del registro p\u{fa}blico (un punto de control), y no vale \
             la prueba de que entre ambos no se reescribi\u{f3} nada. El agregado fue cambiado o es de otro lugar; \
             esto solo no demuestra una trampa del registro.",
            "Pida al emisor un paquete actualizado de nuevo. Si falla igual, env\u{ed}elo a quien publica su \
             ra\u{ed}z de confianza."),
        Code::TamperedDisclosure => say("Los datos mostrados no son los del documento",
            "Los datos del paquete, o la prueba de que pertenecen al documento, no corresponden a lo que \
             firm\u{f3} el emisor. Se cambi\u{f3} un valor, o la prueba fue recortada o armada con partes de otro \
             documento.",
            "No acepte los datos. Pida al titular el paquete tal como lo hizo el emisor, o una nueva \
             selecci\u{f3}n hecha con `ct redact`."),
        Code::TamperedMandatoryClaim => say("Se oculta un dato que siempre debe mostrarse",
            "El emisor decidi\u{f3} que los primeros datos de este documento se muestran siempre, por ejemplo que \
             es provisional. Al menos uno de ellos falta en el paquete.",
            "No acepte el documento as\u{ed}. Pida al titular un paquete que muestre todos los datos \
             obligatorios."),
        Code::TamperedStatus => say("El estado no corresponde a este documento",
            "La lista de estados del paquete es otra o de otro emisor, no est\u{e1} firmada con una clave que su \
             ra\u{ed}z de confianza acepte para ella, o no consta en el registro como deber\u{ed}a. No dice nada \
             sobre este documento.",
            "Pida al emisor, o a quien le envi\u{f3} el paquete, el paquete con su estado actual."),
        Code::TamperedBackdated => say("El documento dice ser anterior a su anotaci\u{f3}n",
            "Entre la hora de emisi\u{f3}n declarada y la hora en que los testigos vieron la anotaci\u{f3}n pas\u{f3} \
             m\u{e1}s tiempo del que permite la ra\u{ed}z de confianza. El documento fue antedatado o se anot\u{f3} \
             demasiado tarde; se informa lo mismo si la ra\u{ed}z no tiene una regla para la hora de la \
             anotaci\u{f3}n.",
            "Pregunte al emisor cu\u{e1}ndo y c\u{f3}mo se emiti\u{f3} el documento, y pida que lo emita de nuevo."),
        Code::TamperedPostdated => say("El documento dice ser posterior a su anotaci\u{f3}n",
            "La hora de emisi\u{f3}n que firm\u{f3} el emisor es posterior a la hora en que los testigos vieron la \
             anotaci\u{f3}n. El reloj del emisor estaba mal, o la hora de emisi\u{f3}n no es cierta.",
            "Pida al emisor que emita el documento de nuevo con la hora correcta."),
        Code::RevokedDocument => say("El emisor revoc\u{f3} el documento",
            "La lista de estados del emisor dice que este documento ya no es v\u{e1}lido. Era aut\u{e9}ntico \
             cuando se emiti\u{f3}; eso ya no cuenta.",
            "No acepte el documento. Su titular puede preguntar al emisor por qu\u{e9} fue revocado y pedir uno \
             nuevo."),
        Code::RevokedSuspended => say("El emisor suspendi\u{f3} el documento",
            "La lista de estados del emisor dice que este documento no es v\u{e1}lido por el momento. Puede \
             volver a serlo.",
            "No acepte el documento ahora. Pregunte al emisor cu\u{e1}ndo se decidir\u{e1} y verifique de nuevo \
             con el estado de ese d\u{ed}a."),
        Code::RevokedByTrustRoot => say("El documento est\u{e1} revocado",
            "Su ra\u{ed}z de confianza se\u{f1}ala este documento, o la declaraci\u{f3}n con que se emiti\u{f3}, como \
             revocado. Eso vale en todos los modos, por intacto que est\u{e9} el documento.",
            "No acepte el documento. Pregunte el motivo al emisor y pida un reemplazo."),
        Code::RevokedIssuer => say("El emisor ya no es de confianza",
            "Su ra\u{ed}z de confianza retira a este emisor desde cierta fecha. El documento se anot\u{f3} en esa \
             fecha o despu\u{e9}s, o no se sabe cu\u{e1}ndo se anot\u{f3}; los documentos que se anotaron antes de \
             manera probada no est\u{e1}n afectados.",
            "No acepte el documento. Pregunte a quien publica la ra\u{ed}z de confianza qui\u{e9}n emite ahora tales \
             documentos."),
        Code::RevokedIssuerKey => say("La clave del emisor est\u{e1} comprometida",
            "Otra persona pod\u{ed}a firmar con esta clave del emisor cuando se anot\u{f3} el documento, o no se sabe \
             cu\u{e1}ndo se anot\u{f3}. Ya no se puede saber si el documento lo hizo el propio emisor.",
            "No acepte el documento. Pida al emisor uno firmado con una clave vigente."),
        Code::RevokedLogKey => say("La clave del registro est\u{e1} comprometida",
            "Cada clave del registro que firm\u{f3} su resumen (el punto de control) figura como comprometida: otra \
             persona pudo haberlo hecho en cualquier momento. Su ra\u{ed}z de confianza no responde de otro modo por \
             este punto de control.",
            "Obtenga la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica: puede que responda por el punto de \
             control. Si no, pida al emisor que emita el documento de nuevo."),
        Code::ExpiredDocument => say("El documento est\u{e1} vencido",
            "El emisor dio al documento una fecha de vencimiento, que ya pas\u{f3} a la hora de la verificaci\u{f3}n \
             (en modo de archivo: hab\u{ed}a pasado cuando se anot\u{f3}). Eso no significa que el documento haya \
             sido alterado.",
            "Revise la fecha que se us\u{f3} y pida al emisor un documento renovado. Para saber si val\u{ed}a en un \
             d\u{ed}a anterior, verifique con esa fecha (--at)."),
        Code::ExpiredIssuerKey => say("La clave del emisor estaba vencida",
            "El documento se anot\u{f3} despu\u{e9}s del per\u{ed}odo en que vale esta clave del emisor. Un documento \
             anotado a tiempo sobrevive a la clave; este se anot\u{f3} demasiado tarde.",
            "Verifique con la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica. Si tambi\u{e9}n falla, pida \
             al emisor que lo emita de nuevo con una clave vigente."),
        Code::ExpiredLogKey => say("La clave del registro estaba vencida",
            "Los testigos vieron el resumen del registro (el punto de control) despu\u{e9}s del per\u{ed}odo en que \
             vale la clave del registro que lo firm\u{f3}. Sobre la firma del emisor esto no dice nada.",
            "Verifique con la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica. Si tambi\u{e9}n falla, pida \
             al emisor un paquete nuevo."),
        Code::NotYetValidDocument => say("El documento todav\u{ed}a no es v\u{e1}lido",
            "El emisor dio al documento una fecha de inicio, que a la hora de la verificaci\u{f3}n no ha llegado (en \
             modo de archivo: no hab\u{ed}a llegado cuando se anot\u{f3}).",
            "Revise la fecha que se us\u{f3}. Si es correcta, verifique de nuevo cuando el documento haya entrado en \
             vigencia."),
        Code::NotYetValidIssuerKey => say("La clave del emisor todav\u{ed}a no era v\u{e1}lida",
            "El documento se anot\u{f3} antes del per\u{ed}odo en que vale esta clave del emisor. Una clave que firma \
             antes de tiempo no es la que describe la ra\u{ed}z de confianza, o la ra\u{ed}z indica una fecha \
             equivocada.",
            "Verifique con la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica. Si tambi\u{e9}n falla, pida \
             al emisor que emita el documento de nuevo."),
        Code::NotYetValidLogKey => say("La clave del registro todav\u{ed}a no era v\u{e1}lida",
            "Los testigos vieron el resumen del registro (el punto de control) antes del per\u{ed}odo en que vale la \
             clave del registro que lo firm\u{f3}. Sobre la firma del emisor esto no dice nada.",
            "Verifique con la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica. Si tambi\u{e9}n falla, pida \
             al emisor un paquete nuevo."),
        Code::NotYetValidCosignature => say("La hora de un testigo est\u{e1} en el futuro",
            "Un testigo de confianza indica una hora posterior a la de la verificaci\u{f3}n. Casi siempre el reloj de \
             este equipo est\u{e1} atrasado, o la hora dada con --at es anterior al paquete; tambi\u{e9}n puede estar \
             mal el reloj de un testigo.",
            "Corrija la fecha y la hora del equipo, o --at, y verifique de nuevo. Si ambas son correctas, avise al \
             emisor."),
        Code::ExpiredStatus => say("La lista de estados venci\u{f3}",
            "El emisor indic\u{f3} hasta cu\u{e1}ndo puede usarse su lista de estados, y ese plazo termin\u{f3}. \
             La lista no puede decir qu\u{e9} se revoc\u{f3} desde entonces.",
            "Pida al emisor, o a quien le envi\u{f3} el paquete, el paquete con un estado actual."),
        Code::EquivocationCheckpoint => say("Dos puntos de control del registro se contradicen",
            "Este punto de control y otro visto antes, o avalado por la ra\u{ed}z de confianza, son del mismo \
             registro y del mismo tama\u{f1}o, y se contradicen. Un registro honesto nunca hace eso.",
            "Por ahora no acepte nada que se apoye en este registro. Si se escribi\u{f3} una prueba, env\u{ed}ela \
             a quien publica la ra\u{ed}z de confianza y a los testigos: convence por s\u{ed} sola."),
        Code::EquivocationLog => say("El registro ha mostrado dos historias",
            "Su ra\u{ed}z de confianza dice que este registro mostr\u{f3} contenidos distintos a personas distintas, \
             y no responde por el resumen (el punto de control) de este paquete. El documento puede ser \
             aut\u{e9}ntico; el registro no puede demostrarlo.",
            "Obtenga la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica: puede que responda por el punto de \
             control. Si no, pida al emisor que lo emita de nuevo en otro registro."),
        Code::TamperedFile => say("Un archivo no es el que figura en el manifiesto",
            "El manifiesto lista cada archivo con su huella digital (SHA-256), y el archivo que hay ahora tiene otra. \
             Fue cambiado, da\u{f1}ado o sustituido despu\u{e9}s de hacerse el manifiesto.",
            "Conserve el archivo tal como est\u{e1} para quien investigue y restaure una copia que concuerde con el \
             manifiesto. Si el cambio era intencionado, haga un manifiesto nuevo."),
        Code::TamperedEvidenceLog => say("El registro de evidencias fue alterado",
            "Cada asiento de un registro de evidencias nombra la huella digital (SHA-256) del anterior, y en este \
             lugar no concuerdan: un asiento fue cambiado, quitado, insertado o movido.",
            "Conserve el archivo tal como est\u{e1} y comp\u{e1}relo con una copia. Los asientos anteriores a este \
             lugar siguen siendo coherentes."),
        Code::IncompleteDocumentHash => say("Al paquete le falta la huella del documento",
            "Falta el SHA-256 que dice de qu\u{e9} documento trata el paquete. No se puede concluir nada, ni a favor \
             ni en contra del documento.",
            "Pida el paquete completo al emisor, o a quien lo envi\u{f3}."),
        Code::IncompleteSubject => say("Al paquete le falta la entrada sobre el documento",
            "Falta la entrada que une el documento con la declaraci\u{f3}n del emisor (el sujeto). No se puede \
             concluir nada, ni a favor ni en contra del documento.",
            "Pida el paquete completo al emisor, o a quien lo envi\u{f3}."),
        Code::IncompleteStatement => say("Al paquete le falta la declaraci\u{f3}n del emisor",
            "Falta lo que firm\u{f3} el emisor, as\u{ed} que el paquete no muestra qui\u{e9}n emiti\u{f3} el \
             documento. No se puede concluir nada, ni a favor ni en contra.",
            "Pida el paquete completo al emisor, o a quien lo envi\u{f3}."),
        Code::IncompleteLeafIndex => say("Al paquete le falta la posici\u{f3}n en el registro",
            "El paquete no dice en qu\u{e9} lugar del registro p\u{fa}blico est\u{e1} la declaraci\u{f3}n del emisor, \
             as\u{ed} que no se puede controlar la prueba de su anotaci\u{f3}n. No se puede concluir nada, ni a favor \
             ni en contra del documento.",
            "Pida el paquete completo al emisor, o a quien lo envi\u{f3}."),
        Code::IncompleteTreeSize => say("Al paquete le falta el tama\u{f1}o del registro",
            "El paquete no dice qu\u{e9} tama\u{f1}o ten\u{ed}a el registro p\u{fa}blico, as\u{ed} que no se puede \
             controlar la prueba de la anotaci\u{f3}n. No se puede concluir nada, ni a favor ni en contra del \
             documento.",
            "Pida el paquete completo al emisor, o a quien lo envi\u{f3}."),
        Code::IncompleteInclusionProof => say("Al paquete le falta la prueba de su anotaci\u{f3}n",
            "Falta la prueba de que la declaraci\u{f3}n del emisor est\u{e1} en el registro p\u{fa}blico (la prueba \
             de inclusi\u{f3}n). Puede que el documento se haya firmado y nunca anotado; no se puede concluir nada.",
            "Pida al emisor el paquete completo, que existe una vez anotado el documento."),
        Code::IncompleteCheckpoint => say("Al paquete le falta el punto de control",
            "Falta el resumen firmado del registro p\u{fa}blico (el punto de control), as\u{ed} que nada muestra que \
             el documento se anot\u{f3}, ni cu\u{e1}ndo. No se puede concluir nada, ni a favor ni en contra.",
            "Pida al emisor el paquete completo, que existe una vez anotado el documento."),
        Code::IncompleteCheckpointSignature => say("Al punto de control le faltan las firmas",
            "Faltan las firmas del registro y de sus testigos en el resumen del registro (el punto de control), y su \
             ra\u{ed}z de confianza no responde por \u{e9}l. Sin ellas, cualquiera pudo haberlo escrito.",
            "Pida al emisor el paquete completo, que existe una vez que firmaron los testigos."),
        Code::IncompleteDocument => say("Falta el documento",
            "El paquete no contiene el documento, y no se dio con \u{e9}l ninguno que corresponda. Si usted dio uno, \
             no es el que se emiti\u{f3}: fue alterado o guardado de nuevo, o pertenece a otro paquete.",
            "D\u{e9} el documento junto con el paquete (--document ARCHIVO), tal como lo envi\u{f3} el emisor."),
        Code::IncompleteBatch => say("Al paquete le falta el lugar del documento en su lote",
            "El emisor firm\u{f3} varios documentos a la vez, y falta la prueba de que este era uno de ellos. No se \
             puede concluir nada, ni a favor ni en contra del documento.",
            "Pida el paquete completo al emisor, o a quien lo envi\u{f3}."),
        Code::IncompleteDisclosure => say("No se muestra ning\u{fa}n dato",
            "El documento est\u{e1} hecho de datos y el paquete no muestra ninguno. No hay nada que comparar.",
            "Pida al titular un paquete que muestre los datos que usted necesita."),
        Code::IncompleteStatus => say("Falta el estado del documento",
            "El emisor puede revocar o suspender este documento m\u{e1}s tarde, mediante una lista de estados, y el \
             paquete no muestra ning\u{fa}n estado utilizable. No se sabe si el documento sigue valiendo.",
            "Pida al emisor el paquete con un estado actual y verif\u{ed}quelo."),
        Code::StaleEvidence => say("La evidencia es demasiado antigua",
            "La hora m\u{e1}s reciente que confirman suficientes testigos queda m\u{e1}s atr\u{e1}s de lo que la \
             ra\u{ed}z de confianza permite en este modo. El documento puede ser aut\u{e9}ntico; no se sabe si algo \
             cambi\u{f3} desde entonces.",
            "Revise la fecha de este equipo, o --at. Si es correcta, pida al emisor un paquete actualizado."),
        Code::StaleStatus => say("El estado es demasiado antiguo",
            "La lista de estados del paquete es m\u{e1}s antigua de lo que permite su ra\u{ed}z de confianza. El \
             documento pudo ser revocado desde entonces.",
            "Pida al emisor, o a quien le envi\u{f3} el paquete, el paquete con un estado actual."),
        Code::UnknownLog => say("El registro no est\u{e1} en su ra\u{ed}z de confianza",
            "El documento se anot\u{f3} en un registro p\u{fa}blico que su ra\u{ed}z de confianza (el archivo que \
             dice en qui\u{e9}n confiar) no incluye. A menudo se usa una ra\u{ed}z distinta de la prevista; \
             cualquiera puede llevar un registro, as\u{ed} que no prueba nada.",
            "Pregunte a quien publica su ra\u{ed}z de confianza si una m\u{e1}s nueva incluye el registro; nunca la \
             tome de quien presenta el documento. Si ninguna lo incluye, no lo acepte."),
        Code::UnknownIssuer => say("El emisor no est\u{e1} en su ra\u{ed}z de confianza",
            "La declaraci\u{f3}n nombra a un emisor que su ra\u{ed}z de confianza (el archivo que dice en qui\u{e9}n \
             confiar) no incluye. A menudo la ra\u{ed}z es antigua o se hizo para otro fin; cualquiera puede llamarse \
             emisor, as\u{ed} que el nombre no prueba nada.",
            "Pregunte a quien publica su ra\u{ed}z de confianza si una m\u{e1}s nueva incluye al emisor. Si ninguna \
             lo incluye, no acepte el documento."),
        Code::UnknownIssuerKey => say("La clave del emisor no est\u{e1} en su ra\u{ed}z de confianza",
            "Su ra\u{ed}z de confianza incluye al emisor, pero no la clave con que la declaraci\u{f3}n dice haber \
             sido firmada. La clave puede ser m\u{e1}s nueva que su ra\u{ed}z de confianza, o no ser del emisor.",
            "Verifique con la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica. Si tambi\u{e9}n falla, \
             pregunte al emisor si la clave es suya."),
        Code::UnknownDocumentType => say("El emisor no es de confianza para este tipo de documento",
            "Su ra\u{ed}z de confianza incluye al emisor, pero no para documentos de este tipo: por ejemplo, una \
             escuela que firm\u{f3} un t\u{ed}tulo de propiedad. La firma es v\u{e1}lida; el derecho a emitirlo no \
             est\u{e1} demostrado.",
            "Pregunte a quien publica su ra\u{ed}z de confianza si el emisor puede emitir tales documentos y si una \
             ra\u{ed}z m\u{e1}s nueva lo dice."),
        Code::NotAnchoredLogSignature => say("El registro no firm\u{f3} el punto de control",
            "Ninguna clave del registro que figure en su ra\u{ed}z de confianza firm\u{f3} el resumen del registro \
             p\u{fa}blico (un punto de control) del paquete. Sin esa firma, cualquiera pudo haberlo escrito; \
             tambi\u{e9}n puede que el registro haya cambiado de clave.",
            "Verifique con la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica. Si tambi\u{e9}n falla, pida \
             al emisor un paquete completo."),
        Code::NotAnchoredQuorum => say("Muy pocos testigos vieron la anotaci\u{f3}n",
            "Su ra\u{ed}z de confianza exige cierto n\u{fa}mero de testigos independientes, y firmaron menos de los \
             que ella acepta, con claves que valgan a la hora que indican. Puede que el paquete se haya hecho \
             demasiado pronto o para otra ra\u{ed}z.",
            "Verifique con la ra\u{ed}z de confianza m\u{e1}s nueva de quien la publica. Si tambi\u{e9}n falla, pida \
             al emisor un paquete que hayan firmado suficientes testigos."),
        Code::DiscontinuousNoProof => say("Nada enlaza el registro con lo visto antes",
            "Este puesto ya vio el registro, y nada en el paquete prueba que lo que muestra ahora contin\u{fa}e \
             lo que mostr\u{f3} entonces. El registro puede ser honesto; con este paquete no se puede saber.",
            "Pida a quien envi\u{f3} el paquete que lo actualice, para que lleve una prueba hasta un punto de \
             control que este puesto haya visto."),
        Code::UnsupportedVersion => say("El archivo es de una versi\u{f3}n de formato desconocida",
            "El paquete o la ra\u{ed}z de confianza est\u{e1} escrito en una versi\u{f3}n del formato que este \
             programa no conoce, probablemente m\u{e1}s nueva. Sobre el documento esto no dice nada.",
            "Instale la versi\u{f3}n m\u{e1}s nueva de este programa de quien lo publica y verifique de nuevo."),
        Code::UnsupportedAlgorithm => say("El m\u{e9}todo de firma no se acepta",
            "El archivo usa un m\u{e9}todo de firma o de huella que este programa no acepta, porque es m\u{e1}s nuevo \
             que el programa o no se considera seguro. Sobre el documento mismo esto no dice nada.",
            "Instale la versi\u{f3}n m\u{e1}s nueva de este programa y verifique de nuevo. Si tambi\u{e9}n falla, \
             avise al emisor."),
        Code::UnsupportedStatementType => say("La declaraci\u{f3}n no trata de un documento",
            "La declaraci\u{f3}n firmada es de otra clase que aquella con que se emiten documentos, o de una que este \
             programa no conoce. No puede demostrar que se emiti\u{f3} un documento.",
            "Pida al emisor el paquete del documento. Si el programa es antiguo, instale antes su versi\u{f3}n \
             m\u{e1}s nueva."),
        Code::UnsupportedStatus => say("El documento tiene un estado desconocido",
            "La lista de estados del emisor da a este documento un estado que este programa no conoce. Solo \
             conoce v\u{e1}lido, revocado y suspendido.",
            "Pregunte al emisor qu\u{e9} significa el estado, y no acepte el documento hasta saberlo."),
        Code::IncompleteFile => say("Falta un archivo que figura en el manifiesto",
            "No hay nada en la ruta que nombra el manifiesto. El archivo fue movido, renombrado o borrado despu\u{e9}s \
             de hacerse el manifiesto, o la carpeta no es la del manifiesto.",
            "Compruebe que la carpeta y el manifiesto se corresponden. Despu\u{e9}s restaure el archivo de una copia \
             que concuerde con el manifiesto."),
        Code::IncompleteEvidenceLog => say("El \u{fa}ltimo asiento del registro de evidencias est\u{e1} cortado",
            "El archivo termina en medio de un asiento: un programa fue detenido mientras escrib\u{ed}a, o el archivo \
             fue cortado. Todos los asientos anteriores son coherentes.",
            "A\u{f1}ada un asiento con ct log append: los bytes cortados quedan entonces en un asiento propio y la \
             cadena contin\u{fa}a."),
        Code::UnknownFile => say("Un archivo no figura en el manifiesto",
            "La carpeta contiene un archivo que el manifiesto no lista. Se a\u{f1}adi\u{f3} despu\u{e9}s de hacerse \
             el manifiesto; nada se sabe de \u{e9}l.",
            "Averig\u{fc}e qui\u{e9}n lo puso all\u{ed}. Si corresponde, haga un manifiesto nuevo."),
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
    }
}

pub(super) const fn step_title(step: StepName) -> &'static str {
    match step {
        StepName::Form => "El archivo es un paquete bien formado",
        StepName::Completeness => "No falta ninguna parte de la evidencia",
        StepName::Trust => "La ra\u{ed}z de confianza se puede usar",
        StepName::Document => "El documento no fue alterado",
        StepName::Subject => "La declaraci\u{f3}n del emisor trata de este documento",
        StepName::Issuer => "Un emisor de confianza firm\u{f3} la declaraci\u{f3}n",
        StepName::Checkpoint => "Un registro de confianza responde por su punto de control",
        StepName::Witnesses => "Suficientes testigos de confianza vieron el punto de control",
        StepName::Inclusion => "La declaraci\u{f3}n est\u{e1} anotada en el registro",
        StepName::Continuity => "El registro contin\u{fa}a lo que se vio de \u{e9}l antes",
        StepName::Time => "Todas las horas concuerdan",
        StepName::Status => "El documento no est\u{e1} revocado",
    }
}

pub(super) const fn skip_reason(skip: Skip) -> &'static str {
    match skip {
        Skip::NoForm => "el archivo no es un paquete bien formado",
        Skip::Incomplete => "falta una parte que este control necesita",
        Skip::NoTrust => "no hay una ra\u{ed}z de confianza utilizable",
        Skip::Unfounded => "fall\u{f3} un control en que este se apoya",
        Skip::HashOnly => "solo se pregunt\u{f3} por la huella; compare usted mismo el SHA-256 del documento",
        Skip::NoState => "no se dio nada recordado de ejecuciones anteriores",
        Skip::FirstSeen => "todav\u{ed}a no se recuerda nada de este registro",
    }
}
