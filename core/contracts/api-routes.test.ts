import { API_ROLES, API_ROUTES, type ApiRoute, routesOf } from './api-routes.ts';

const LITERALS = [...new Set(API_ROUTES.flatMap(({ path }) => path.split('/').filter((part) => /^[a-z]/.test(part))))];

/** Paths of a route whose ids are called as parts of other routes are. */
function pathsOf({ path }: ApiRoute): string[] {
  const parts = path.split('/').map((part) => (part.startsWith('{') ? ['x', ...LITERALS] : [part]));
  return parts.reduce<string[]>(
    (paths, choices, at) => (at === 0 ? choices : paths.flatMap((one) => choices.map((choice) => `${one}/${choice}`))),
    [],
  );
}

/** What the managed policy of a role allows: `*` stands for any text in IAM, slashes too. */
const allowed = ({ method, path }: ApiRoute): RegExp =>
  new RegExp(`^${`${method}${path}`.replaceAll(/\{[^}]+\}/g, '.*')}$`);

test.each(API_ROLES)('no id lets a %s call a route that the role does not have', (role) => {
  const own = routesOf(role);
  const others = API_ROUTES.filter((route) => !own.includes(route));
  const called = others.flatMap((route) =>
    pathsOf(route).filter((path) => own.some((one) => allowed(one).test(`${route.method}${path}`))),
  );
  expect(called).toEqual([]);
});
