// The verification core, ready when this module is: its WebAssembly is in the package as text, so nothing is loaded.

import * as glue from "./glue.mjs";
import { wasm } from "./wasm.mjs";

const bytes = Uint8Array.from(atob(wasm), (digit) => digit.charCodeAt(0));
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { "./ct_wasm_bg.js": glue });
glue.__wbg_set_wasm(exports);
exports.__wbindgen_start?.();

export const { Hasher, Session, Trust, explain } = glue;
