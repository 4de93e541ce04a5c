import { readFile } from 'node:fs/promises';
import type { Server, ServerOptions } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { ServerSettings } from '../../config/settings.js';

/** Makes a server that is not listening yet. */
export type CreateServer = (options: ServerOptions) => Server;

/**
 * What makes https servers with the configured key and certificate, or undefined where there is none. Throws `ERR_TLS`.
 * Node's TLS is loaded only here: it takes two megabytes.
 */
export async function secureServers(settings: ServerSettings): Promise<CreateServer | undefined> {
  const { keystore, keystorePass, privateKeyFile, certificateFile } = settings;
  const files = [keystore, privateKeyFile, certificateFile].filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  try {
    const options: SecureContextOptions = { minVersion: 'TLSv1.2' };
    if (keystore !== undefined) Object.assign(options, { pfx: await readFile(keystore), passphrase: keystorePass });
    if (privateKeyFile !== undefined) options.key = await readFile(privateKeyFile);
    if (certificateFile !== undefined) options.cert = await readFile(certificateFile);
    const [{ createServer }, { createSecureContext }] = await Promise.all([import('node:https'), import('node:tls')]);
    createSecureContext(options);
    // A client that says nothing before it is known is worth no more than one whose headers do not come.
    return (limits) => createServer({ ...limits, ...options, handshakeTimeout: limits.headersTimeout });
  } catch (error) {
    throw new MarError(`The key or certificate for https cannot be used (${files.join(', ')}): ${messageOf(error)}`, {
      code: 'ERR_TLS',
      cause: error,
    });
  }
}
