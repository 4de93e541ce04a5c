export { type ErrorKind, MarError } from '#errors.js';
export { VERSION } from '#version.js';
