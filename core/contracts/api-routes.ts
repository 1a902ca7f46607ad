/** The roles of people. Each may do all that those before it may, but only `break-glass` may break the glass, and beside that it only reads. */
export const API_ROLES = ['viewer', 'operator', 'approver', 'admin', 'break-glass'] as const;
export type ApiRole = (typeof API_ROLES)[number];

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly role: ApiRole;
  /** Another role that may call it, beside those that include `role`. */
  readonly also?: ApiRole;
}

/**
 * Routes are listed one by one, so that IAM can tell them apart. An operator watches what runs and may always make it safer; an approver lets things
 * begin; an admin changes the rules.
 */
export const API_ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/v1/{proxy+}', role: 'viewer' },
  { method: 'POST', path: '/v1/fleet/stop', role: 'operator' },
  { method: 'POST', path: '/v1/rollouts/{id}/pause', role: 'operator' },
  { method: 'POST', path: '/v1/rollouts/{id}/resume', role: 'operator' },
  { method: 'POST', path: '/v1/rollouts/{id}/abort', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/skip', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/retry', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/release', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/scans', role: 'operator' },
  { method: 'POST', path: '/v1/clusters/{id}/break-glass/end', role: 'operator', also: 'break-glass' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/break-glass/end', role: 'operator', also: 'break-glass' },
  { method: 'POST', path: '/v1/clusters/{id}/break-glass', role: 'break-glass' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/break-glass', role: 'break-glass' },
  { method: 'POST', path: '/v1/rollouts', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/accept-failures', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/promote', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/release-trait', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/approve', role: 'approver' },
  { method: 'POST', path: '/v1/rollouts/{id}/waves/{wave}/reject', role: 'approver' },
  { method: 'POST', path: '/v1/clusters/{id}/upgrade', role: 'approver' },
  { method: 'POST', path: '/v1/clusters/{id}/rollback', role: 'approver' },
  { method: 'POST', path: '/v1/clusters/{id}/drain', role: 'approver' },
  { method: 'POST', path: '/v1/clusters/{id}/drain/cancel', role: 'operator' },
  { method: 'POST', path: '/v1/fleet/resume', role: 'approver' },
  { method: 'PUT', path: '/v1/config', role: 'admin' },
  { method: 'POST', path: '/v1/config/{kind}/{name}/delete', role: 'admin' },
];

const INCLUDED: Readonly<Record<ApiRole, readonly ApiRole[]>> = {
  viewer: [],
  operator: ['viewer'],
  approver: ['viewer', 'operator'],
  admin: ['viewer', 'operator', 'approver'],
  'break-glass': ['viewer'],
};

/** The routes of a role and of those that it includes. */
export const routesOf = (role: ApiRole): readonly ApiRoute[] =>
  API_ROUTES.filter((route) => [role, ...INCLUDED[role]].some((one) => one === route.role || one === route.also));

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, (name) => (name.endsWith('+}') ? '.+' : '[^/]+'))}$`);

/** The first role that may call a route, which is written as `POST /v1/fleet/stop`. Its managed policy is named `liftlock-` and the role. */
export function roleOf(route: string): ApiRole | undefined {
  const [verb, rest = ''] = route.split(' ');
  return API_ROUTES.find(({ method, path }) => verb === method && pattern(path).test(rest))?.role;
}
