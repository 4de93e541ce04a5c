import type { Agent } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { MarError } from '#errors/mar-error.js';
import { publicSource } from '#public-source.js';

/** A proxy, its URL without its password, and what sends requests through it. */
export interface Proxy {
  readonly shown: string;
  readonly agent: Agent;
}

/**
 * The proxy that the variables `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` give to a URL, as curl reads them; undefined
 * without one. Throws `ERR_MODEL_DOWNLOAD` for one that is not an http or https URL.
 */
export async function proxyFor(url: URL): Promise<Proxy | undefined> {
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = isAskedDirectly(url) ? '' : getProxyForUrl(url.href);
  if (proxy === '') return undefined;
  const shown = shownProxy(proxy);
  if (shown === undefined)
    throw new MarError(
      `The environment names a proxy for ${publicSource(url.href)} that is not usable; an http or https URL was expected.`,
      {
        code: 'ERR_MODEL_DOWNLOAD',
        subject: publicSource(url.href),
        hint: 'Write http_proxy, https_proxy or all_proxy as http://HOST:PORT, with user and password percent-encoded. SOCKS is not spoken; no_proxy names hosts that are asked directly.',
      },
    );
  if (url.protocol === 'https:') {
    const { HttpsProxyAgent } = await import('https-proxy-agent');
    return { shown, agent: new HttpsProxyAgent(proxy) };
  }
  const { HttpProxyAgent } = await import('http-proxy-agent');
  return { shown, agent: new HttpProxyAgent(proxy) };
}

/** Undefined for what the agents cannot use: its text may hold a password anywhere, so that no message quotes it. */
function shownProxy(proxy: string): string | undefined {
  try {
    const { protocol, username, password } = new URL(proxy);
    decodeURIComponent(username + password);
    return /^https?:$/.test(protocol) ? publicSource(proxy) : undefined;
  } catch {
    return undefined;
  }
}

/** Names stand for their subdomains too, with or without a leading dot; networks are written `10.0.0.0/8`. */
function isAskedDirectly(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const { no_proxy: small, NO_PROXY: capital } = process.env;
  return (small || capital || '')
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => entry === '*' || covers(entry, host, port));
}

function covers(entry: string, host: string, port: string): boolean {
  const [, network = '', bits] = /^\[?([\da-f.:]+)\]?\/(\d+)$/.exec(entry) ?? [];
  if (bits !== undefined) return inNetwork(host, network, Number(bits));
  const [, bracketed, plain = entry, only = port] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (bracketed ?? plain).replace(/^\*?\./, '').replace(/\.$/, '');
  if (name === '' || only !== port) return false;
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function inNetwork(host: string, network: string, bits: number): boolean {
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || bits > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
