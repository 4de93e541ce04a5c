import { type Answer, jsonAnswer } from '../server/answer.js';

/** `{"status": …}`, the form of every successful management answer, and what there is to say `more`. */
export function statusAnswer(status: string, code = 200, reason?: string, more: object = {}): Answer {
  return jsonAnswer({ status, ...more }, code, reason);
}

/** `{"code", "type", "message"}`, the form of every error. */
export function errorAnswer(status: number, type: string, message: string): Answer {
  return jsonAnswer({ code: status, type, message }, status);
}
