import type { Server } from 'node:http';
import { type ManagementKey, makeManagementKey } from '../guards/management-key.js';
import { tokenGuard } from '../guards/token-guard.js';
import { type Address, isLoopback, listen, parseAddress } from './address.js';
import type { Dialect } from './dialect.js';
import type { Apis, RouteContext } from './exchange.js';
import { createListener } from './listener.js';
import { secureServers } from './tls.js';

/** The open ports of a server. */
export interface Listeners {
  readonly inferenceUrl: string;
  readonly managementUrl: string;
  /** Takes no new connections and lets idle ones go; resolves when all are closed, which `drop` forces. */
  close(): Promise<void>;
  drop(): void;
}

/**
 * Opens two listeners, or one for both APIs where the addresses are the same. A management API that other machines reach wants a
 * token, unless `disable_token_auth`; either way the log warns. Throws `ERR_ADDRESS`, `ERR_LISTEN`, `ERR_TLS`, `ERR_KEY_FILE`.
 */
export async function openListeners(context: RouteContext, dialect: Dialect): Promise<Listeners> {
  const { inferenceAddress, managementAddress } = context.settings;
  const inference = parseAddress('inference_address', inferenceAddress, false);
  const management = parseAddress('management_address', managementAddress, true);
  const createSecure = await secureServers(context.settings);
  let key: ManagementKey | undefined;
  const guarded = !isLoopback(management) && !context.settings.disableTokenAuth;
  const open: Server[] = [];
  const start = async (address: Address, apis: Apis): Promise<string> => {
    const createServer = address.kind === 'tcp' && address.tls ? createSecure : undefined;
    const guard = apis.management && guarded ? { guard: tokenGuard(() => key?.key) } : {};
    const server = createListener(context, { dialect, apis, ...guard, ...(createServer && { createServer }) });
    const url = await listen(server, address);
    open.push(server);
    return url;
  };
  const close = async (): Promise<void> => {
    await Promise.all(open.map(closeServer));
    await key?.remove();
  };
  const drop = (): void => {
    for (const server of open) server.closeAllConnections();
  };
  try {
    if (inferenceAddress === managementAddress && !inferenceAddress.endsWith(':0')) {
      const url = await start(inference, { inference: true, management: true });
      key = await keyFor(context, management);
      return { inferenceUrl: url, managementUrl: url, close, drop };
    }
    const inferenceUrl = await start(inference, { inference: true, management: false });
    const managementUrl = await start(management, { inference: false, management: true });
    key = await keyFor(context, management);
    return { inferenceUrl, managementUrl, close, drop };
  } catch (error) {
    drop();
    await close();
    throw error;
  }
}

async function keyFor({ settings, log }: RouteContext, management: Address): Promise<ManagementKey | undefined> {
  if (isLoopback(management)) return undefined;
  const key = settings.disableTokenAuth ? undefined : await makeManagementKey(settings.keyFile);
  log({
    level: 'warn',
    event: 'management-exposed',
    message: `Other machines reach the management API at ${settings.managementAddress}: whoever registers a model runs code here.`,
    hint: key
      ? `It wants the token in ${settings.keyFile}.`
      : 'disable_token_auth is set: only a firewall protects it now.',
  });
  return key;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
