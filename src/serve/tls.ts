import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { MarError, messageOf } from '#errors.js';
import type { Settings } from './settings.js';

/** Key and certificate for https, checked, or undefined where none is configured. Throws `ERR_TLS`. */
export async function readTls(settings: Settings): Promise<SecureContextOptions | undefined> {
  const { keystore, keystorePass, privateKeyFile, certificateFile } = settings;
  const files = [keystore, privateKeyFile, certificateFile].filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  try {
    const options: SecureContextOptions = { minVersion: 'TLSv1.2' };
    if (keystore !== undefined) Object.assign(options, { pfx: await readFile(keystore), passphrase: keystorePass });
    if (privateKeyFile !== undefined) options.key = await readFile(privateKeyFile);
    if (certificateFile !== undefined) options.cert = await readFile(certificateFile);
    createSecureContext(options);
    return options;
  } catch (error) {
    throw new MarError(`The key or certificate for https cannot be used (${files.join(', ')}): ${messageOf(error)}`, {
      code: 'ERR_TLS',
      cause: error,
    });
  }
}
