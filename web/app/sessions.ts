/** The two realms' sessions. A page belongs to one realm and uses only that one. */
import * as console_ from './api/console';
import { SessionKeeper } from './api/session.svelte';
import * as tenant from './api/tenant';
import { CONSOLE_API, TENANT_API } from './paths';
import type { OperatorSession, Session } from '../wire/shapes';

export const member = new SessionKeeper<Session>(tenant.client, TENANT_API.session(), tenant.signOut);
export const operator = new SessionKeeper<OperatorSession>(console_.client, CONSOLE_API.session(), console_.signOut);
