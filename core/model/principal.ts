import { LIFTLOCK, UNKNOWN_PRINCIPAL } from '../contracts/names.ts';
import { matchesGlob } from '../selector/glob.ts';

/**
 * The identity behind an IAM ARN, in the form of audit, approvals and rollouts: its kind, account and name, such as `role:111111111111/platform`,
 * `sso:111111111111/ana@example.com`, `user:…`, `federated:…` and `root:111111111111`. A role has no session, so that two sessions are one identity;
 * for a permission set of Identity Center the session is the person. No name that somebody chooses can look like `liftlock` or like another kind.
 * Undefined for other ARNs. Source: semantics.md, People.
 */
export function principalOf(userArn: string): string | undefined {
  const assumed = /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{1,64})$/.exec(userArn);
  if (assumed !== null) {
    const [, account = '', role = '', session = ''] = assumed;
    return role.startsWith(IDENTITY_CENTER_ROLE) ? `sso:${account}/${session}` : `role:${account}/${role}`;
  }
  const isIdentity =
    /^arn:aws[a-z-]*:iam::\d{12}:(?:(?:user|role)\/[\w+=,.@/-]{1,576}|root)$/.test(userArn) ||
    /^arn:aws[a-z-]*:sts::\d{12}:federated-user\/[\w+=,.@-]{1,64}$/.test(userArn);
  return isIdentity ? withKind(userArn) : undefined;
}

/** Identity Center gives the roles of its permission sets this prefix, and their sessions the name of the person. */
export const IDENTITY_CENTER_ROLE = 'AWSReservedSSO_';

/**
 * The person behind a principal, for comparison. Case does not count, since IAM ignores it in names of roles and users. A person of Identity Center
 * is the same in every account. Federated users of one account are one person, because whoever asks for such a session chooses its name. It also
 * takes ARNs and bare names of Identity Center, which earlier releases recorded. Undefined for Liftlock itself, and where the person is unknown.
 */
export function personOf(principal: string | undefined): string | undefined {
  if (principal === undefined || principal === LIFTLOCK || principal === UNKNOWN_PRINCIPAL) return undefined;
  return withKind(principal)
    .replace(/^sso:\d*\//, 'sso:')
    .replace(/^(federated:\d+)\/.*$/, '$1')
    .toLowerCase();
}

/** The pattern that matches everybody. */
export const EVERYBODY = '*';

/**
 * Whether a pattern of `approval.from` matches this principal. `*` stands for any text, and case does not count. The pattern has the form of a
 * principal or one of earlier releases: the ARN of a role or user without its path, or the bare name of a person of Identity Center. A bare name
 * matches nobody else, since roles and users may have any name; `*` alone matches everybody.
 */
export function namesPrincipal(pattern: string, principal: string): boolean {
  const [kind = '', account = '', name = ''] = partsOf(withKind(principal));
  if (!pattern.includes(':') && pattern !== EVERYBODY)
    return kind === 'sso' && matchesGlob(pattern.toLowerCase(), name.toLowerCase());
  const asArn = `arn:aws:iam::${account}:${name === '' ? kind : `${kind}/${name}`}`;
  const written = [`${kind}:${account}${name === '' ? '' : `/${name}`}`, ...(kind === 'sso' ? [] : [asArn])];
  // Account ids are unique across partitions, so the partition adds nothing.
  const asked = pattern.replace(/^arn:[^:]*:/, 'arn:aws:').toLowerCase();
  return written.some((text) => matchesGlob(asked, text.toLowerCase()));
}

function withKind(principal: string): string {
  if (KIND.test(principal)) return principal;
  const arn = /^arn:[^:]*:(?:iam|sts)::(\d+):(role|user|root|federated)(?:-user)?(?:\/(?:.*\/)?([^/]+))?$/.exec(
    principal,
  );
  if (arn === null) return `sso:/${principal}`;
  const [, account, kind, name] = arn;
  return name === undefined ? `${kind}:${account}` : `${kind}:${account}/${name}`;
}

const KIND = /^(sso|role|user|root|federated):(\d*)(?:\/(.+))?$/;

const partsOf = (principal: string): string[] =>
  KIND.exec(principal)
    ?.slice(1)
    .map((part) => part ?? '') ?? [];
