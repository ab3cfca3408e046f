//! What a verdict on a document, or on kept evidence, means: the classes verified, invalid and indeterminate, in Spanish.

use crate::code::Code;
use crate::explanation::{Explanation, say};

// Laid out by hand, in the register's order: title, what it means, what to do next.
#[rustfmt::skip]
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    Some(match code {
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
        Code::TamperedFile => say("Un archivo no es el que consta",
            "Un manifiesto lista cada archivo con su huella digital (SHA-256), o el punto de control de un registro \
             fija lo que contienen sus archivos, y el que hay ahora es otro. Fue cambiado, da\u{f1}ado o sustituido \
             despu\u{e9}s.",
            "Conserve el archivo tal como est\u{e1} para quien investigue y restaure una copia que concuerde con lo que \
             consta. Si el archivo de un manifiesto deb\u{ed}a cambiar, haga un manifiesto nuevo."),
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
        Code::IncompleteFile => say("Falta un archivo que consta",
            "No hay nada en la ruta que nombra un manifiesto, o en la que un registro debe tener un archivo. Fue \
             movido, renombrado o borrado, o la carpeta no es la que corresponde.",
            "Compruebe que la carpeta y el manifiesto, o el punto de control, se corresponden. Despu\u{e9}s restaure el \
             archivo de una copia que concuerde."),
        Code::IncompleteEvidenceLog => say("El \u{fa}ltimo asiento del registro de evidencias est\u{e1} cortado",
            "El archivo termina en medio de un asiento: un programa fue detenido mientras escrib\u{ed}a, o el archivo \
             fue cortado. Todos los asientos anteriores son coherentes.",
            "A\u{f1}ada un asiento con ct log append: los bytes cortados quedan entonces en un asiento propio y la \
             cadena contin\u{fa}a."),
        Code::UnknownFile => say("Un archivo no figura en el manifiesto",
            "La carpeta contiene un archivo que el manifiesto no lista. Se a\u{f1}adi\u{f3} despu\u{e9}s de hacerse \
             el manifiesto; nada se sabe de \u{e9}l.",
            "Averig\u{fc}e qui\u{e9}n lo puso all\u{ed}. Si corresponde, haga un manifiesto nuevo."),
        _ => return None,
    })
}
