//! The catalogue in Spanish, impersonal or with the formal `usted`.

mod failures;
#[cfg(feature = "service")]
mod service;
mod verdicts;

use super::Explanation;
use crate::code::Code;
use crate::verify::{Skip, StepName};

/// None for a code that is not explained; [`super`] refuses to compile then.
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    match verdicts::explain(code) {
        Some(explanation) => Some(explanation),
        None => match failures::explain(code) {
            Some(explanation) => Some(explanation),
            #[cfg(feature = "service")]
            None => service::explain(code),
            #[cfg(not(feature = "service"))]
            None => None,
        },
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
