/** The operators' session. Their pages use only this one. */
import { client, signOut } from './api/console';
import { SessionKeeper } from './api/session.svelte';
import { CONSOLE_API } from './paths';
import type { OperatorSession } from '../wire/shapes';

export const operator = new SessionKeeper<OperatorSession>(client, CONSOLE_API.session(), signOut);
