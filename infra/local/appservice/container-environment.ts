import type { Settings } from './site-state.ts';
import type { SiteContainer } from './worker.ts';

/**
 * What of the app settings a site container sees. `environmentVariables[].value` is the *name* of an app setting; a name
 * that no setting has becomes an empty string, without a word. All settings are inherited unless that is switched off.
 * Source: "Sidecars in App Service, deep dive" (App Service team blog, 2025-03-06).
 */
export function containerEnvironment(container: SiteContainer, settings: Settings): Record<string, string> {
  const named = (container.environmentVariables ?? []).map(({ name, value }) => [name, settings[value] ?? ''] as const);
  const inherited = container.inheritAppSettingsAndConnectionStrings === false ? {} : settings;
  return { ...inherited, ...Object.fromEntries(named) };
}
