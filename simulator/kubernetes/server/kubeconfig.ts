/** The address of a cluster's API server, and the credentials of a client. */
export interface KubeconfigOptions {
  /** Name of the cluster, its user and its context. */
  readonly name: string;
  /** `https://127.0.0.1:PORT/clusters/…`; with `http://` clients send no token. */
  readonly server: string;
  /** Base64 of PEM, as `certificateAuthority` of the servers; absent for `http://`. */
  readonly certificateAuthority?: string;
  readonly user: { readonly token: string } | { readonly exec: ExecCredentialPlugin };
  /** The context's namespace; `default` when absent. */
  readonly namespace?: string;
}

/** A command that prints an ExecCredential, like `aws eks get-token`. */
export interface ExecCredentialPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `client.authentication.k8s.io/v1beta1` when absent. */
  readonly apiVersion?: string;
}

/** The text of a kubeconfig with one context, as JSON, which every reader of YAML accepts. */
export function kubeconfig({ name, server, certificateAuthority, user, namespace }: KubeconfigOptions): string {
  const cluster = {
    server,
    ...(certificateAuthority === undefined ? {} : { 'certificate-authority-data': certificateAuthority }),
  };
  const context = { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) };
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster }],
      users: [{ name, user: 'token' in user ? user : { exec: execOf(user.exec) } }],
      contexts: [{ name, context }],
      'current-context': name,
    },
    null,
    2,
  )}\n`;
}

function execOf({ command, args, env = {}, apiVersion }: ExecCredentialPlugin): object {
  return {
    apiVersion: apiVersion ?? 'client.authentication.k8s.io/v1beta1',
    command,
    args,
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    interactiveMode: 'Never',
    provideClusterInfo: false,
  };
}
