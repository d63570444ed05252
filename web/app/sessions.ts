/** The members' session. Their pages use only this one; operators have theirs (`operator.ts`). */
import { client, signOut } from './api/tenant';
import { SessionKeeper } from './api/session.svelte';
import { TENANT_API } from './paths';
import type { Session } from '../wire/shapes';

export const member = new SessionKeeper<Session>(client, TENANT_API.session(), signOut);
