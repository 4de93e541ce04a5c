/** What JSON.parse can return. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One input value: `application/json` comes parsed, `text/*` as string, everything else as bytes. */
export type InputValue = Buffer | Json;

/** The named inputs of one request. A whole body is called `body`; form fields and query parameters keep their names. */
export type Inputs = Readonly<Record<string, InputValue>>;

/** The value that a service with one input works on: `body`, else `data`, else the only input there is. */
export function mainInput(inputs: Inputs): InputValue | undefined {
  const named = inputs['body'] ?? inputs['data'];
  if (named !== undefined) return named;
  const values = Object.values(inputs);
  return values.length === 1 ? values[0] : undefined;
}
