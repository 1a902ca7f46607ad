import { LIFTLOCK, UNKNOWN_PRINCIPAL } from '../contracts/names.ts';
import { matchesGlob } from '../selector/glob.ts';

/**
 * The identity behind an IAM ARN, as audit, approvals and rollouts keep it: its kind, its account and its name, such as
 * `role:111111111111/platform`, `sso:111111111111/ana@example.com`, `user:…`, `federated:…` and `root:111111111111`. A role stands without its
 * session, so that two sessions are one; for a permission set of Identity Center the session is the person. No name that somebody chooses
 * can read like `liftlock` or like another kind. Undefined for what is no IAM identity. Source: semantics.md, Approval.
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

/** Roles that Identity Center makes for its permission sets are called so; their sessions bear the name of the person. */
export const IDENTITY_CENTER_ROLE = 'AWSReservedSSO_';

/**
 * Who a principal is, to be compared: letters in one case, as IAM compares the names of roles and users; somebody of Identity Center is the
 * same person in whatever account; federated users of one account are one, since whoever asks for such a session chooses its name. Also of
 * principals as earlier releases recorded them: ARNs, and bare names of Identity Center.
 * Undefined = no person: Liftlock itself, or nobody knows who.
 */
export function personOf(principal: string | undefined): string | undefined {
  if (principal === undefined || principal === LIFTLOCK || principal === UNKNOWN_PRINCIPAL) return undefined;
  return withKind(principal)
    .replace(/^sso:\d*\//, 'sso:')
    .replace(/^(federated:\d+)\/.*$/, '$1')
    .toLowerCase();
}

/** The pattern that stands for whoever it is. */
export const EVERYBODY = '*';

/**
 * Whether a pattern of `approval.from` stands for this principal: `*` for any text, in whatever case. It is written like a principal, or as
 * earlier releases wrote one: the ARN of a role or user without its path, the bare name of somebody of Identity Center. A bare name is of
 * nobody else, since roles and users may be called like anybody; `*` alone is everybody.
 */
export function namesPrincipal(pattern: string, principal: string): boolean {
  const [kind = '', account = '', name = ''] = partsOf(withKind(principal));
  if (!pattern.includes(':') && pattern !== EVERYBODY)
    return kind === 'sso' && matchesGlob(pattern.toLowerCase(), name.toLowerCase());
  const asArn = `arn:aws:iam::${account}:${name === '' ? kind : `${kind}/${name}`}`;
  const written = [`${kind}:${account}${name === '' ? '' : `/${name}`}`, ...(kind === 'sso' ? [] : [asArn])];
  // Account ids are unique over partitions, so the partition says nothing that the account does not.
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
