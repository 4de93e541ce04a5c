import { type Files, PYTHON_HANDLER, pythonFiles } from '../sample-archives.js';

/** An archive whose handler begins with this code. */
export const python = (code: string): Files => pythonFiles({ 'service.py': `${code}\n${PYTHON_HANDLER}` });

/** Where in that handler a finding lies. */
export const at = (place: string): string => ` @ service.py ${place}`;
