import { keepKey } from './api.ts';

// The entry page: it keeps the key, and leads on to an address without the token.
keepKey(document.querySelector<HTMLMetaElement>('meta[name="slipway-key"]')?.content ?? '');
location.replace('/');
