// What comes in: picked, or dropped, as files or as folders; each goes where it belongs.

/** @typedef {{ name: string, file: File }} Incoming */

const HEAD = 16;

/** What can be had of a drop. @param {DataTransfer} dropped @param {(notice: Notice) => void} notify @returns {Promise<Incoming[]>} */
async function dropped(dropped, notify) {
  // Everything must be asked for before the first wait: afterwards the drop is empty.
  const items = [...dropped.items].filter(({ kind }) => kind === "file");
  const found = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  const files = found.length > 0 ? [] : [...dropped.files].map((file) => ({ name: file.name, file }));
  for (const { entry, file } of found) {
    if (entry?.isDirectory) {
      files.push(...(await inFolder(entry, notify)));
    } else if (file) {
      files.push({ name: file.name, file });
    }
  }
  if (found.length === 0 && files.length === 0) {
    notify({ key: "notice_empty", values: [] });
  }
  return files;
}

/** @param {any} folder @param {(notice: Notice) => void} notify @returns {Promise<Incoming[]>} */
async function inFolder(folder, notify) {
  try {
    const files = await walk(folder);
    if (files.length === 0) {
      notify({ key: "notice_folder_empty", values: [folder.name] });
    }
    return files;
  } catch {
    notify({ key: "notice_folder", values: [folder.name] });
    return [];
  }
}

/** @param {any} folder @returns {Promise<Incoming[]>} */
async function walk(folder) {
  const reader = folder.createReader();
  const files = [];
  for (;;) {
    // A reader gives a part at a time, and nothing at the end.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) {
      return files;
    }
    for (const entry of entries) {
      if (entry.isDirectory) {
        files.push(...(await walk(entry)));
      } else {
        const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
        files.push({ name: entry.fullPath.replace(/^\//, ""), file });
      }
    }
  }
}

/** @param {FileList} files @returns {Incoming[]} */
const picked = (files) => [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));

/** `bundle`, `trust` or `document`, from how the file begins. @param {Engine} engine @param {Incoming} incoming */
async function kindOf(engine, { name, file }) {
  const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const { kind } = await engine.ask("kind", { bytes });
  // What is named as a bundle and is none gets core's verdict on that.
  return kind === "document" && /\.cbor$/i.test(name) ? "bundle" : kind;
}
