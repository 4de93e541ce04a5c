/** The smallest manifest that is right. */
export const GOOD = '{ "runtime": "python", "model": { "modelName": "cats", "handler": "service:handle" } }';
