//! Which files a command line names.
//!
//! Names are looked up twice: once to learn how many there are and what the sandbox must let through, and once as they
//! are needed, so that the names of one folder are in memory and not those of all.

use crate::failure::Failure;
use crate::file::Look;
use crate::system;
use crate::text::shown;
use ct_core::Code;
use ct_core::limits::MAX_PATH_BYTES;
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Stdin};
use std::path::{Path, PathBuf};

/// A file to judge, or why there is none in this place.
pub(crate) type Input = Result<Found, (PathBuf, Failure)>;

/// A path, and what is known of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) look: Look,
}

/// The bundles that a command line names, in their order: a file stands for itself, a folder for its `*.cbor` files,
/// sorted bytewise, and `-` for what the lines of standard input name. What cannot be listed gives its failure in its
/// place.
pub(crate) struct Inputs<R = Stdin> {
    named: VecDeque<PathBuf>,
    folder: Option<Folder>,
    list: Option<BufReader<R>>,
    stdin: fn() -> R,
}

/// What the inputs come to before any of them is read.
pub(crate) struct Survey {
    /// How many there are; unknown if a list comes from standard input.
    pub(crate) total: Option<u64>,
    /// The symbolic links among what folders hold: where they lead has to be readable as well.
    pub(crate) links: Vec<PathBuf>,
}

struct Folder {
    path: PathBuf,
    names: std::vec::IntoIter<OsString>,
    /// Those among the names that are no regular files.
    odd: Vec<OsString>,
}

impl Inputs {
    pub(crate) fn new(paths: &[PathBuf]) -> Self {
        Self { named: paths.iter().cloned().collect(), folder: None, list: None, stdin: io::stdin }
    }
}

impl<R: Read> Inputs<R> {
    /// The next inputs: at least one unless there are no more, at most `most`, and never waiting for a line of standard
    /// input that has not been written yet while another input is at hand.
    pub(crate) fn next_chunk(&mut self, most: usize) -> Vec<Input> {
        let mut chunk = Vec::new();
        while chunk.len() < most && (chunk.is_empty() || self.is_at_hand()) {
            match self.next() {
                Some(input) => chunk.push(input),
                None => break,
            }
        }
        chunk
    }

    fn is_at_hand(&self) -> bool {
        if self.folder.as_ref().is_some_and(|folder| !folder.names.as_slice().is_empty()) {
            return true;
        }
        match &self.list {
            Some(list) => list.buffer().contains(&b'\n'),
            None => !self.named.front().is_some_and(|path| is_list(path)),
        }
    }

    fn enter(&mut self, path: PathBuf) -> Option<Input> {
        if !path.is_dir() {
            return Some(Ok(Found { path, look: Look::First }));
        }
        match bundles_in(&path) {
            Ok(found) if found.names.is_empty() => {
                let what = format!("{}: there is no *.cbor file in this folder", shown(&path));
                Some(Err((path, Failure::new(Code::IoNoBundles, what))))
            }
            Ok(found) => {
                self.folder = Some(Folder { path, names: found.names.into_iter(), odd: found.odd });
                None
            }
            Err(failure) => Some(Err((path, failure))),
        }
    }
}

impl<R: Read> Iterator for Inputs<R> {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(folder) = &mut self.folder {
                if let Some(name) = folder.names.next() {
                    let is_odd = folder.odd.binary_search_by(|odd| bytewise(odd, &name)).is_ok();
                    let look = if is_odd { Look::First } else { Look::Listed };
                    return Some(Ok(Found { path: folder.path.join(name), look }));
                }
                self.folder = None;
            }
            let path = match &mut self.list {
                Some(list) => match next_line(list) {
                    Ok(Some(line)) => line,
                    Ok(None) => {
                        self.list = None;
                        continue;
                    }
                    Err(failure) => {
                        if failure.code() != Code::LimitLength {
                            self.list = None;
                        }
                        return Some(Err((PathBuf::from("-"), failure)));
                    }
                },
                None => {
                    let path = self.named.pop_front()?;
                    if is_list(&path) {
                        self.list = Some(BufReader::new((self.stdin)()));
                        continue;
                    }
                    path
                }
            };
            if let Some(input) = self.enter(path) {
                return Some(input);
            }
        }
    }
}

/// Looks at the names without reading a file.
pub(crate) fn survey(paths: &[PathBuf]) -> Survey {
    let mut survey = Survey { total: Some(0), links: Vec::new() };
    for path in paths {
        let found = match path {
            _ if is_list(path) => None,
            _ if path.is_dir() => Some(bundles_in(path).map_or(1, |found| {
                survey.links.extend(found.links.iter().map(|name| path.join(name)));
                // An empty folder is a verdict too.
                found.names.len().max(1)
            })),
            _ => Some(1),
        };
        let found = found.and_then(|count| u64::try_from(count).ok());
        survey.total = survey.total.zip(found).and_then(|(total, found)| total.checked_add(found));
    }
    survey
}

/// All that a folder holds, sorted bytewise, but for folders.
pub(crate) fn listed(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let names = names_in(folder, |_| true)?.names;
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

/// The symbolic links among what those of `paths` that are folders hold.
pub(crate) fn links_in(paths: &[PathBuf]) -> Vec<PathBuf> {
    let folders = paths.iter().filter(|path| path.is_dir());
    // A folder that cannot be listed is told of when it is needed.
    let links = folders.filter_map(|folder| Some((folder, names_in(folder, |_| true).ok()?.links)));
    links.flat_map(|(folder, links)| links.into_iter().map(|name| folder.join(name))).collect()
}

/// Whether the argument stands for a list on standard input.
pub(crate) fn is_list(path: &Path) -> bool {
    path.as_os_str() == "-"
}

struct Names {
    names: Vec<OsString>,
    /// Those among them that are no regular files.
    odd: Vec<OsString>,
    /// The symbolic links among those.
    links: Vec<OsString>,
}

fn bundles_in(folder: &Path) -> Result<Names, Failure> {
    names_in(folder, |name| name.extension().is_some_and(|extension| extension == "cbor"))
}

fn names_in(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Names, Failure> {
    let fail = |error: io::Error| Failure::reading(folder, &error);
    let mut found = Names { names: Vec::new(), odd: Vec::new(), links: Vec::new() };
    for entry in folder.read_dir().map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let kind = entry.file_type().map_err(fail)?;
        let name = entry.file_name();
        if !wanted(Path::new(&name)) || kind.is_dir() || kind.is_symlink() && entry.path().is_dir() {
            continue;
        }
        if kind.is_symlink() {
            found.links.push(name.clone());
        }
        if !kind.is_file() {
            found.odd.push(name.clone());
        }
        found.names.push(name);
    }
    for names in [&mut found.names, &mut found.odd, &mut found.links] {
        names.sort_by(|a, b| bytewise(a, b));
    }
    Ok(found)
}

fn bytewise(a: &OsStr, b: &OsStr) -> Ordering {
    a.as_encoded_bytes().cmp(b.as_encoded_bytes())
}

/// One line of a list, without its end. A line without content names no file, and is judged so: verdicts and lines stay
/// in step.
fn next_line<R: Read>(list: &mut BufReader<R>) -> Result<Option<PathBuf>, Failure> {
    let reading = |error: io::Error| Failure::reading(Path::new("-"), &error);
    let longest = u64::try_from(MAX_PATH_BYTES).unwrap_or(u64::MAX);
    let mut line = Vec::new();
    list.by_ref().take(longest.saturating_add(1)).read_until(b'\n', &mut line).map_err(reading)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop_if(|last| *last == b'\n').is_none() && line.len() > MAX_PATH_BYTES {
        // The lines after it are not to blame.
        list.skip_until(b'\n').map_err(reading)?;
        let what = format!("standard input: a line is longer than {MAX_PATH_BYTES} bytes; give one path a line");
        return Err(Failure::new(Code::LimitLength, what));
    }
    let no_path = || Failure::new(Code::MalformedUtf8, "standard input: a line is not a UTF-8 text");
    system::path(&line).map(|path| Some(path.to_owned())).ok_or_else(no_path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn list(text: &'static [u8]) -> Inputs<&'static [u8]> {
        Inputs { named: VecDeque::new(), folder: None, list: Some(BufReader::new(text)), stdin: || b"" }
    }

    fn names(inputs: Inputs<&'static [u8]>) -> Vec<Result<String, Code>> {
        let name = |found: Found| found.path.to_str().unwrap().to_owned();
        inputs.map(|input| input.map(name).map_err(|(_, failure)| failure.code())).collect()
    }

    #[test]
    fn a_line_names_a_file_and_the_last_one_need_not_end() {
        assert_eq!(names(list(b"")), []);
        assert_eq!(names(list(b"a\nb c\n")), [Ok("a".to_owned()), Ok("b c".to_owned())]);
        assert_eq!(names(list(b"a\n\nb")), [Ok("a".to_owned()), Ok(String::new()), Ok("b".to_owned())]);
    }

    // R1.3
    #[test]
    fn a_line_has_a_longest() {
        let text = |length: usize| -> &'static [u8] { [vec![b'x'; length], b"\nb\n".to_vec()].concat().leak() };
        assert_eq!(names(list(text(MAX_PATH_BYTES))).len(), 2);
        assert_eq!(names(list(text(MAX_PATH_BYTES + 1))), [Err(Code::LimitLength), Ok("b".to_owned())]);
        let endless: &'static [u8] = vec![b'x'; 4 * MAX_PATH_BYTES].leak();
        assert_eq!(names(list(endless)), [Err(Code::LimitLength)]);
    }

    #[test]
    fn a_chunk_does_not_wait_for_lines_that_are_not_there_yet() {
        struct Slow(Vec<&'static [u8]>);
        impl Read for Slow {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let Some(mut piece) = self.0.pop() else { panic!("it waited") };
                piece.read(buffer)
            }
        }
        let slow = BufReader::new(Slow(vec![b"c\nd\n", b"a\nb\n"]));
        let mut inputs = Inputs { named: VecDeque::new(), folder: None, list: Some(slow), stdin: || Slow(Vec::new()) };
        assert_eq!(inputs.next_chunk(10).len(), 2);
        assert_eq!(inputs.next_chunk(1).len(), 1);
        assert_eq!(inputs.next_chunk(10).len(), 1);
    }

    #[test]
    fn a_folder_is_surveyed_as_it_is_listed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.cbor", "a.cbor", "c.txt"] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        fs::create_dir(folder.path().join("d.cbor")).unwrap();
        let paths = [folder.path().to_owned(), PathBuf::from("missing.cbor")];
        assert_eq!(survey(&paths).total, Some(3));
        let found: Vec<PathBuf> =
            Inputs::new(&paths).map(|input| input.map_err(|(_, failure)| failure).unwrap().path).collect();
        let expected = [folder.path().join("a.cbor"), folder.path().join("b.cbor"), PathBuf::from("missing.cbor")];
        assert_eq!(found, expected);
        assert_eq!(survey(&[PathBuf::from("-")]).total, None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_folder_is_named_to_the_sandbox() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/elsewhere/a.cbor", folder.path().join("a.cbor")).unwrap();
        fs::write(folder.path().join("b.cbor"), b"").unwrap();
        let survey = survey(&[folder.path().to_owned()]);
        assert_eq!((survey.total, survey.links), (Some(2), vec![folder.path().join("a.cbor")]));
    }
}
