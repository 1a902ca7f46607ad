/**
 * Who stands behind an IAM ARN, as the audit names people (semantics.md, Approval): the role without its session, so that two sessions are
 * one; for a permission set of Identity Center the session is the person. Undefined for what is no IAM identity.
 */
export function principalOf(userArn: string): string | undefined {
  const assumed = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{1,64})$/.exec(userArn);
  if (assumed !== null) {
    const [, partition = '', account = '', role = '', session = ''] = assumed;
    return role.startsWith('AWSReservedSSO_') ? session : `arn:${partition}:iam::${account}:role/${role}`;
  }
  return /^arn:aws[a-z-]*:iam::\d{12}:(?:user|role)\/[\w+=,.@/-]{1,576}$/.test(userArn) ||
    /^arn:aws[a-z-]*:iam::\d{12}:root$/.test(userArn) ||
    /^arn:aws[a-z-]*:sts::\d{12}:federated-user\/[\w+=,.@-]{1,64}$/.test(userArn)
    ? userArn
    : undefined;
}
