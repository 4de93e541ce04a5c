import { resolveServeOptions, type ServeOptions } from '#serve/config/serve-options.js';
import type { ServerSettings } from '#serve/config/settings.js';

/** The settings of a server that is told nothing, and what a test changes of them. */
export async function settingsOf(
  over: Partial<ServerSettings> = {},
  options: ServeOptions = {},
): Promise<ServerSettings> {
  const { settings } = await resolveServeOptions({ env: {}, cwd: '/', ...options });
  return { ...settings, ...over };
}
