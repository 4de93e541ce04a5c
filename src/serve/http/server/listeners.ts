import type { Server } from 'node:http';
import { UnfinishedBodies } from '../body/unfinished-bodies.js';
import { wantsToken } from '../guards/guard-management.js';
import { type ManagementKey, makeManagementKey } from '../guards/management-key.js';
import { type Address, isLoopback, listen, parseAddress } from './address.js';
import { connectionShares, limitConnections } from './connections.js';
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
 * Opens two listeners, or one for both APIs where the addresses are the same. A management API that other machines reach, or that
 * shares its address, wants a token, unless `disable_token_auth`; the log says so. Throws `ERR_ADDRESS`, `ERR_LISTEN`, `ERR_TLS`, `ERR_KEY_FILE`.
 */
export async function openListeners(
  server: Omit<RouteContext, 'managementToken'>,
  dialect: Dialect,
): Promise<Listeners> {
  const { inferenceAddress, managementAddress } = server.settings;
  const inference = parseAddress('inference_address', inferenceAddress, false);
  const management = parseAddress('management_address', managementAddress, true);
  const createSecure = await secureServers(server.settings);
  let key: ManagementKey | undefined;
  const context: RouteContext = { ...server, managementToken: () => key?.key };
  const shares = connectionShares();
  const bodies = new UnfinishedBodies(server.settings.maxUnfinishedSize);
  const open: Server[] = [];
  const start = async (address: Address, apis: Apis): Promise<string> => {
    const createServer = address.kind === 'tcp' && address.tls ? createSecure : undefined;
    const listener = createListener(context, { dialect, apis, bodies, ...(createServer && { createServer }) });
    const share = apis.inference && apis.management ? 'both' : apis.inference ? 'inference' : 'management';
    if (shares) limitConnections(listener, shares[share], shares.descriptors, server.log);
    const url = await listen(listener, address);
    open.push(listener);
    return url;
  };
  const close = async (): Promise<void> => {
    await Promise.all(open.map(closeServer));
    await key?.remove();
  };
  const drop = (): void => {
    for (const listener of open) listener.closeAllConnections();
  };
  try {
    if (inferenceAddress === managementAddress && !inferenceAddress.endsWith(':0')) {
      const url = await start(inference, { inference: true, management: true });
      key = await keyFor(context, true);
      return { inferenceUrl: url, managementUrl: url, close, drop };
    }
    const inferenceUrl = await start(inference, { inference: true, management: false });
    const managementUrl = await start(management, { inference: false, management: true });
    key = await keyFor(context, false);
    return { inferenceUrl, managementUrl, close, drop };
  } catch (error) {
    drop();
    await close();
    throw error;
  }
}

async function keyFor({ settings, log }: RouteContext, shared: boolean): Promise<ManagementKey | undefined> {
  const { managementAddress, keyFile } = settings;
  const key = wantsToken(settings, shared) ? await makeManagementKey(keyFile) : undefined;
  const local = isLoopback(parseAddress('management_address', managementAddress, true));
  if (local && !shared) return key;
  const exposed = `Other machines reach the management API at ${managementAddress}: whoever registers a model runs code here.`;
  const one = `Both APIs share the address ${managementAddress}: what a handler answers counts as a page of the management API.`;
  log({
    level: key && local ? 'info' : 'warn',
    event: local ? 'management-shared' : 'management-exposed',
    message: local ? one : exposed,
    hint: key
      ? `It wants the token in ${keyFile}.`
      : `disable_token_auth is set: ${local ? 'nothing' : 'only a firewall'} protects it now.`,
  });
  return key;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
