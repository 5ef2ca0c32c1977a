const KEY_NAME = 'slipway-console-key';

/**
 * Keeps the key that the entry page got. Other than a cookie, what is stored here belongs to this port alone, and is sent nowhere by
 * itself.
 */
export function keepKey(key: string): void {
  localStorage.setItem(KEY_NAME, key);
}

/** Resolves when another tab has got a key: after `npm run reset` there is a new one. */
export function untilNewKey(): Promise<void> {
  return new Promise((resolve) => {
    const onStorage = ({ key }: StorageEvent): void => {
      if (key !== KEY_NAME) return;
      removeEventListener('storage', onStorage);
      resolve();
    };
    addEventListener('storage', onStorage);
  });
}

/** `/api/PATH`, asked with the key. */
export function api(
  path: string,
  init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<Response> {
  const authorization = `Bearer ${localStorage.getItem(KEY_NAME) ?? ''}`;
  return fetch(`/api/${path}`, { ...init, headers: { ...init.headers, authorization } });
}

/** Something from `GET /api/…`; undefined when there is none. */
export async function ask<T>(path: string): Promise<T | undefined> {
  const answer = await api(path);
  return answer.ok ? ((await answer.json()) as T) : undefined;
}

export interface ActionResult {
  readonly ok: boolean;
  readonly message: string;
}

export async function act(name: string, body: object = {}): Promise<ActionResult> {
  const headers = { 'content-type': 'application/json' };
  try {
    const answer = await api(`actions/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status === 403)
      return { ok: false, message: 'This page has no valid key: open the address of npm start' };
    const { message = '' } = (await answer.json()) as { message?: string };
    return { ok: answer.ok, message };
  } catch {
    return { ok: false, message: 'The console does not answer. Does the region still run? npm start' };
  }
}
