// The verification core, ready when this module is: its WebAssembly is in the package as text, so nothing is loaded.

import * as glue from "./glue.mjs";
import { unpacked } from "./lzma.mjs";
import { size, wasm } from "./wasm.mjs";

const packed = Uint8Array.from(atob(wasm), (digit) => digit.charCodeAt(0));
const bytes = unpacked(packed, size);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { "./ct_wasm_bg.js": glue });
glue.__wbg_set_wasm(exports);
exports.__wbindgen_start?.();

export const { Hasher, Session, Trust, explain } = glue;
