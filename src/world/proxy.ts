import {BlockList, isIP, isIPv6} from 'node:net';
import {UserError} from '../errors.ts';

/**
 * The proxy that the environment names for `server`, as Go's net/http.ProxyFromEnvironment picks it
 * (golang.org/x/net/http/httpproxy): HTTPS_PROXY or HTTP_PROXY by the server's scheme, unless
 * NO_PROXY covers its host; never for loopback addresses.
 */
export function proxyFor(server: URL, env: NodeJS.ProcessEnv): string | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = env[name] || env[name.toLowerCase()];
  if (!proxy) return undefined;
  const host = hostOf(server);
  if (isLoopback(host)) return undefined;
  const exceptions = env.NO_PROXY || env.no_proxy || '';
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (exceptions.split(',').some(item => covers(item.trim().toLowerCase(), host, port))) {
    return undefined;
  }
  return checkedProxy(proxy, name);
}

/** `proxy` with a scheme, once it is known to be usable; `where` tells messages where it was set. */
export function checkedProxy(proxy: string, where: string): string {
  const url = URL.parse(proxy.includes('://') ? proxy : `http://${proxy}`);
  // The value itself stays out of the message: it may hold a password.
  if (!url || !/^(https?|socks5h?):$/.test(url.protocol)) {
    throw new UserError(`${where} is not a proxy's URL: give it as http://HOST:PORT (or socks5)`);
  }
  return url.href;
}

/** The host of a URL, an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

/** Whether `host` is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function covers(item: string, host: string, port: string): boolean {
  if (item === '') return false;
  if (item === '*') return true;
  const withPort = /^(\[.*\]|[^:]+):(\d+)$/.exec(item);
  if (withPort && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? item).replace(/^\[(.*)\]$/, '$1');
  if (name.includes('/')) return isIP(host) !== 0 && inSubnet(name, host);
  if (isIP(name)) return name === host;
  // As in Go: "a.b" covers itself and what is below, ".a.b" and "*.a.b" only what is below.
  const suffix = name.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.')
    ? host.endsWith(suffix)
    : host === name || host.endsWith(`.${name}`);
}

function inSubnet(subnet: string, host: string): boolean {
  const [network = '', bits = ''] = subnet.split('/');
  const family = isIPv6(host) ? 'ipv6' : 'ipv4';
  const width = family === 'ipv6' ? 128 : 32;
  if (isIP(network) !== isIP(host) || !/^\d+$/.test(bits) || Number(bits) > width) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(host, family);
}
