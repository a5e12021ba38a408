//! Texts people read, from Fluent files: Chinese is the source language, English stands complete beside it.
//!
//! Owns loading and formatting; the texts themselves are in `locales/`. A missing text shows its id, and a test holds
//! that none is missing.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use unic_langid::LanguageIdentifier;

/// The languages there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Zh,
    En,
}

impl Lang {
    /// Reads `zh`, `zh-CN`, `zh_CN.UTF-8`, `en`, `en_GB` and the like.
    pub fn parse(text: &str) -> Option<Lang> {
        let lower = text.to_ascii_lowercase();
        match lower.split(['-', '_', '.']).next() {
            Some("zh" | "cmn") => Some(Lang::Zh),
            Some("en") => Some(Lang::En),
            _ => None,
        }
    }

    /// Tag as written in `--lang` and the config.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }
}

macro_rules! texts { ($($file:literal),*) => {
    /// Names of the text files of each language.
    pub const FILES: &[&str] = &[$($file),*];
    /// Every text file of a language, embedded.
    fn files(lang: Lang) -> Vec<(&'static str, &'static str)> {
        match lang {
            Lang::Zh => vec![$( ($file, include_str!(concat!("../../locales/zh-CN/", $file, ".ftl"))) ),*],
            Lang::En => vec![$( ($file, include_str!(concat!("../../locales/en/", $file, ".ftl"))) ),*],
        }
    }
} }
texts!("codes", "recall", "refusal", "console", "cli", "forms", "hub", "sync", "pack", "proof");

/// The texts of one language. Finding where each stands is quick; one is read when it is first asked for, since a run
/// needs some hundred of a thousand.
pub struct Locale {
    lang: Lang,
    /// Where each text stands: its lines, from its id to before the next.
    sources: HashMap<&'static str, &'static str>,
    bundle: RwLock<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Locale").field(&self.lang).finish()
    }
}

impl Locale {
    /// Finds the embedded texts. One that does not parse is missing; a test holds that all do.
    pub fn new(lang: Lang) -> Locale {
        let id: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks are bidi controls: terminals show them as stray cells.
        bundle.set_use_isolating(false);
        let mut sources = HashMap::with_capacity(1_500);
        sources.extend(files(lang).into_iter().flat_map(|(_, text)| messages(text)));
        Locale { lang, sources, bundle: RwLock::new(bundle) }
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The text with this id; the id itself when there is none.
    pub fn tr<'a>(&'a self, id: &'a str) -> Cow<'a, str> {
        self.find(id, &[]).map_or(Cow::Borrowed(id), Cow::Owned)
    }

    /// The text with values put in.
    pub fn tr_with(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.find(id, args).unwrap_or_else(|| id.to_owned())
    }

    /// The text with this id, or `None`. `id` may name an attribute: `refusal-four-eyes.hint`.
    pub fn find(&self, id: &str, args: &[(&str, &str)]) -> Option<String> {
        let (message, attribute) = id.split_once('.').map_or((id, None), |(m, a)| (m, Some(a)));
        let source = self.sources.get(message)?;
        let bundle = self.bundle.read().unwrap_or_else(PoisonError::into_inner);
        if bundle.has_message(message) {
            return format(&bundle, message, attribute, args);
        }
        drop(bundle);
        let mut bundle = self.bundle.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster: the same text once more changes nothing.
        bundle.add_resource_overriding(FluentResource::try_new((*source).to_owned()).ok()?);
        format(&bundle, message, attribute, args)
    }

    /// The word for a code of a set: `code-<set>-<code>`; the code itself when there is none.
    pub fn code(&self, set: &str, code: &str) -> String {
        let id = format!("code-{set}-{}", code.replace('.', "_"));
        self.find(&id, &[]).unwrap_or_else(|| code.to_owned())
    }

    /// A refusal's sentence and hint, in this language. Codes among the values are put into words.
    pub fn refusal(&self, refusal: &crate::base::locale::Sentence<'_>) -> (String, String) {
        let worded: Vec<(&str, String)> =
            refusal.args.iter().map(|(n, v)| (*n, self.word(n, v, refusal.args))).collect();
        let args: Vec<(&str, &str)> = worded.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let id = format!("{}-{}", refusal.family, refusal.code);
        (self.tr_with(&id, &args), self.find(&format!("{id}.hint"), &args).unwrap_or_default())
    }

    /// The values with divisions told by their names: nobody knows a county by its number.
    pub fn placed(
        &self,
        args: &[(&'static str, String)],
        names: &HashMap<String, String>,
    ) -> Vec<(&'static str, String)> {
        let place = |name: &str, code: &str| match (name, names.get(code)) {
            ("county", Some(place)) => self.tr_with("place-named", &[("name", place), ("code", code)]),
            ("area", Some(place)) => place.clone(),
            _ => code.to_owned(),
        };
        args.iter().map(|(name, value)| (*name, place(name, value))).collect()
    }

    /// Codes of the set that `args` name, each with its word: `tea 茶叶`.
    fn codes(&self, args: &[(&str, String)], codes: &str) -> String {
        self.named(args.iter().find(|(n, _)| *n == "set").map_or("", |(_, v)| v.as_str()), codes)
    }

    /// Codes of a set, each with its word.
    fn named(&self, set: &str, codes: &str) -> String {
        let one = |code: &str| match self.code(set, code) {
            word if word == code => word,
            word => format!("{code} {word}"),
        };
        let words: Vec<String> = codes.split(',').filter(|c| !c.is_empty()).map(one).collect();
        words.join(if self.lang == Lang::Zh { "、" } else { ", " })
    }

    /// Puts the value of one argument into words by its name: states by their kind, roles, verbs, rights, fields.
    fn word(&self, name: &str, value: &str, args: &[(&str, String)]) -> String {
        let kind = || args.iter().find(|(n, _)| *n == "kind").map_or("", |(_, v)| v.as_str());
        let list = |set: &str| {
            let words: Vec<String> = value.split(',').filter(|c| !c.is_empty()).map(|c| self.code(set, c)).collect();
            words.join(if self.lang == Lang::Zh { "、" } else { ", " })
        };
        match name {
            "needs" if value.is_empty() => self.tr("refusal-needs-none").into_owned(),
            "channel" => list("channel_place"),
            "state" | "needs" => list(if kind().is_empty() { "catalog_entry" } else { kind() }),
            "who" => list("role"),
            "role" => list("role"),
            "verb" => list("verb"),
            "right" => list("right"),
            "kind" => list("kind"),
            "field" => list("field"),
            "missing" => list("missing"),
            "near" | "codes" => self.codes(args, value),
            "fields" => self.named("field", value),
            "type" => list("toml_type"),
            "io" => self.tr(&format!("io-{value}")).into_owned(),
            "wants" => {
                let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
                self.tr_with(&format!("wants-{value}"), &args)
            }
            _ => value.to_owned(),
        }
    }
}

/// The texts of a file by id, each with its attributes. No text refers to another.
fn messages(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts_one = |at: &usize| text.as_bytes().get(*at).is_some_and(u8::is_ascii_lowercase);
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let mut starts = lines.filter(starts_one).peekable();
    std::iter::from_fn(move || {
        let from = starts.next()?;
        let source = &text[from..starts.peek().copied().unwrap_or(text.len())];
        Some((source.split([' ', '=']).next().unwrap_or_default(), source))
    })
}

/// A text or one of its attributes with values put in.
fn format(
    bundle: &FluentBundle<FluentResource>,
    message: &str,
    attribute: Option<&str>,
    args: &[(&str, &str)],
) -> Option<String> {
    let message = bundle.get_message(message)?;
    let pattern = match attribute {
        Some(name) => message.get_attribute(name)?.value(),
        None => message.value()?,
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        // One is a number, so that a text can say it otherwise than many; how many is written out before.
        values.set(*name, if *value == "1" { FluentValue::from(1) } else { FluentValue::from(*value) });
    }
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned())
}

/// A coded sentence with its values: a refusal, a database error, a form error.
pub struct Sentence<'a> {
    /// Prefix of the text id: `refusal`, `db`, `form`, …
    pub family: &'a str,
    pub code: &'a str,
    pub args: &'a [(&'a str, String)],
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn texts(lang: Lang) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for (file, text) in files(lang) {
            let mut id = String::new();
            for line in text.lines() {
                let attribute = line.trim_start().strip_prefix('.').filter(|_| line.starts_with(' '));
                if let Some((name, value)) = attribute.and_then(|a| a.split_once(" =")) {
                    out.insert(format!("{id}.{name}"), value.to_owned());
                } else if let Some((name, value)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '#'])) {
                    id = name.trim().to_owned();
                    assert!(out.insert(id.clone(), value.to_owned()).is_none(), "{file}: {id} is there twice");
                }
            }
            assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{file} does not parse");
        }
        out
    }

    fn values(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text.split("{ $").skip(1).filter_map(|p| p.split([' ', '}']).next()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn both_languages_have_the_same_texts_and_name_the_same_values() {
        let (zh, en) = (texts(Lang::Zh), texts(Lang::En));
        let missing: Vec<_> =
            zh.keys().filter(|k| !en.contains_key(*k)).chain(en.keys().filter(|k| !zh.contains_key(*k))).collect();
        assert!(missing.is_empty(), "only in one language: {missing:?}");
        for (id, text) in &zh {
            for value in values(&en[id]) {
                assert!(values(text).contains(&value), "{id}: English names {value}, Chinese does not");
            }
        }
    }

    #[test]
    fn every_text_is_found_and_put_together() {
        for lang in [Lang::Zh, Lang::En] {
            let locale = Locale::new(lang);
            for id in texts(lang).keys() {
                // Twice: read, then kept.
                let first = locale.find(id, &[]);
                assert!(first.is_some() && first == locale.find(id, &[]), "{} lacks {id}", lang.tag());
            }
        }
    }

    #[test]
    fn language_tags_are_read_as_people_write_them() {
        for tag in ["zh", "zh-CN", "zh_CN.UTF-8", "ZH-hans"] {
            assert_eq!(Lang::parse(tag), Some(Lang::Zh), "{tag}");
        }
        assert_eq!(Lang::parse("en_GB"), Some(Lang::En));
        assert_eq!(Lang::parse("C"), None);
    }

    #[test]
    fn every_expectation_of_a_reference_file_has_words() {
        for lang in [Lang::Zh, Lang::En] {
            for code in crate::reference::Expected::CODES {
                let id = format!("reference-expected-{code}");
                assert!(Locale::new(lang).find(&id, &[]).is_some(), "{} lacks {id}", lang.tag());
            }
        }
    }

    #[test]
    fn every_refusal_has_a_sentence_and_a_hint() {
        for lang in [Lang::Zh, Lang::En] {
            let locale = Locale::new(lang);
            for code in crate::domain::refusal::CODES {
                for id in [format!("refusal-{code}"), format!("refusal-{code}.hint")] {
                    assert!(locale.find(&id, &[]).is_some(), "{} lacks {id}", lang.tag());
                }
            }
        }
    }
}
