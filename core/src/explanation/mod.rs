//! What each code, step and reason means to a person: the one catalogue from which every program speaks.
//!
//! Reports hold codes and parameters only; this text stands beside them and may be reworded at any time. It names no
//! value from the input, so it is the same for every document.
//!
//! Each language is a folder. A new code, step or reason does not compile until every language explains it. Sources are ASCII: accents are written as `\u{..}`, and the texts as people see them are
//! generated into `specs/codes.md` and `specs/codes.es.md`, where a translation is best reviewed.

mod english;
mod spanish;

use crate::code::Code;
use crate::verify::{Skip, StepName};

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// `en`
    English,
    /// `es`
    Spanish,
}

/// What a code means to somebody who is no specialist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// A plain statement in one short line, without a full stop. No two codes share it.
    pub title: &'static str,
    /// What was found, and what that does and does not imply: one to three sentences.
    pub meaning: &'static str,
    /// What to do now: one to three sentences.
    pub next: &'static str,
}

/// Explains `code`.
#[must_use]
pub const fn explain(code: Code, language: Language) -> Explanation {
    let explanation = match language {
        Language::English => english::explain(code),
        Language::Spanish => spanish::explain(code),
    };
    match explanation {
        Some(explanation) => explanation,
        // Of a log's service, which no verification leads to: explained with the feature `service` only.
        None => say("This is about a log's service", "It says nothing about the document.", "See ct explain."),
    }
}

// Every code is explained in every language.
#[cfg(feature = "service")]
const _: () = {
    let mut codes = Code::ALL;
    while let [code, rest @ ..] = codes {
        assert!(english::explain(*code).is_some() && spanish::explain(*code).is_some());
        codes = rest;
    }
};

/// What holds if the step is ok, in one short line without a full stop.
#[must_use]
pub const fn step_title(step: StepName, language: Language) -> &'static str {
    match language {
        Language::English => english::step_title(step),
        Language::Spanish => spanish::step_title(step),
    }
}

/// Why a step was not run: a clause to stand after "skipped:", in lower case and without a full stop.
#[must_use]
pub const fn skip_reason(skip: Skip, language: Language) -> &'static str {
    match language {
        Language::English => english::skip_reason(skip),
        Language::Spanish => spanish::skip_reason(skip),
    }
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// The language's tag.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag (RFC 5646) or of a POSIX locale: `es`, `es-AR` and `es_AR.UTF-8` are Spanish.
    ///
    /// `None` for a language that the catalogue does not speak, also for the locales `C` and `POSIX`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.', '@']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.as_str()))
    }
}

const fn say(title: &'static str, meaning: &'static str, next: &'static str) -> Explanation {
    Explanation { title, meaning, next }
}

// The texts name these two limits.
const _: () = assert!(crate::limits::MAX_BUNDLE_BYTES == 4 << 20 && crate::limits::MAX_TRUST_BYTES == 1 << 20);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    fn is_tidy(text: &str) -> bool {
        !text.is_empty() && text.trim() == text && !text.contains("  ") && !text.contains(char::is_control)
    }

    // R1.4
    #[test]
    fn every_code_is_explained_in_every_language() {
        for code in Code::ALL {
            for language in Language::ALL {
                let Explanation { title, meaning, next } = explain(*code, language);
                for text in [title, meaning, next] {
                    assert!(is_tidy(text), "{code} {language:?}: {text:?}");
                }
                let most = if language == Language::English { 60 } else { 80 };
                assert!(title.chars().count() <= most, "{code}: {title}");
                assert!(!title.ends_with('.'), "{code}: {title}");
                assert!(meaning.ends_with('.') && next.ends_with('.'), "{code} {language:?}");
                let sentences = |text: &str| text.matches(". ").count() + 1;
                assert!(sentences(meaning) <= 3 && sentences(next) <= 3, "{code} {language:?}");
            }
            let (english, spanish) = (explain(*code, Language::English), explain(*code, Language::Spanish));
            assert_ne!(english.title, spanish.title, "{code}");
            assert_ne!(english.meaning, spanish.meaning, "{code}");
            assert_ne!(english.next, spanish.next, "{code}");
        }
    }

    // R1.4: a title alone says which code it is.
    #[test]
    fn no_two_codes_share_a_title_or_a_meaning() {
        for language in Language::ALL {
            let titles: BTreeSet<_> = Code::ALL.iter().map(|code| explain(*code, language).title).collect();
            let meanings: BTreeSet<_> = Code::ALL.iter().map(|code| explain(*code, language).meaning).collect();
            assert_eq!((titles.len(), meanings.len()), (Code::ALL.len(), Code::ALL.len()), "{language:?}");
        }
    }

    // R19.1
    #[test]
    fn every_step_and_every_reason_has_its_own_phrase() {
        let phrases = |language| {
            let steps = StepName::ALL.into_iter().map(move |step| step_title(step, language));
            steps.chain(Skip::ALL.into_iter().map(move |skip| skip_reason(skip, language)))
        };
        for language in Language::ALL {
            let distinct: BTreeSet<_> = phrases(language).collect();
            assert_eq!(distinct.len(), StepName::ALL.len() + Skip::ALL.len(), "{language:?}");
            for phrase in distinct {
                assert!(is_tidy(phrase) && !phrase.ends_with('.') && phrase.chars().count() <= 80, "{phrase:?}");
            }
        }
        assert!(
            phrases(Language::English).zip(phrases(Language::Spanish)).all(|(english, spanish)| english != spanish)
        );
    }

    #[test]
    fn a_language_is_found_by_its_tag_and_by_a_locale() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.as_str()), Some(language));
        }
        for tag in ["es-AR", "ES", "es_AR.UTF-8", "es-419", "es@euro"] {
            assert_eq!(Language::from_tag(tag), Some(Language::Spanish), "{tag}");
        }
        for tag in ["en-GB", "en_US.UTF-8", "EN"] {
            assert_eq!(Language::from_tag(tag), Some(Language::English), "{tag}");
        }
        for tag in ["", "C", "C.UTF-8", "POSIX", "est", "e", "de-DE", "-es", "Spanish", "\u{e9}s"] {
            assert_eq!(Language::from_tag(tag), None, "{tag}");
        }
    }
}
