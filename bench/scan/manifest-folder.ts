import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface ManifestFolder {
  readonly path: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/** So many files in folders of a hundred. */
export async function manifestFolder(files: number): Promise<ManifestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'liftlock-bench-'));
  let bytes = 0;
  for (let index = 0; index < files; index += 1) {
    const folder = join(path, `team-${Math.floor(index / 100)}`);
    if (index % 100 === 0) await mkdir(folder);
    const text = manifestText(index);
    bytes += Buffer.byteLength(text);
    await writeFile(join(folder, `app-${index}.yaml`), text);
  }
  return { path, bytes, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Every so many files one is at a version that is gone. */
export const PLANTED_EACH = 50;

/** A file as teams keep them, of some 4 kB: a Deployment with two containers, its Service, a ConfigMap and a budget. */
export function manifestText(index: number): string {
  const name = `app-${index}`;
  const namespace = `team-${index % 40}`;
  const budget = index % PLANTED_EACH === 0 ? 'policy/v1beta1' : 'policy/v1';
  const metadata = `metadata:\n  name: ${name}\n  namespace: ${namespace}\n  labels:\n    app.kubernetes.io/name: ${name}\n    team: ${namespace}\n`;
  const settings = Array.from(
    { length: 24 },
    (_, line) => `    setting.${line}=value of setting ${line} of ${name}\n`,
  ).join('');
  return [
    `apiVersion: apps/v1\nkind: Deployment\n${metadata}spec:\n  replicas: 3\n  selector:\n    matchLabels: {app.kubernetes.io/name: ${name}}\n  template:\n    metadata:\n      labels: {app.kubernetes.io/name: ${name}}\n    spec:\n      serviceAccountName: ${name}\n      containers:\n${container(name)}${container(`${name}-proxy`)}      volumes:\n        - name: config\n          configMap: {name: ${name}}\n`,
    `apiVersion: v1\nkind: Service\n${metadata}spec:\n  selector: {app.kubernetes.io/name: ${name}}\n  ports:\n    - {name: http, port: 80, targetPort: http}\n`,
    `apiVersion: v1\nkind: ConfigMap\n${metadata}data:\n  application.properties: |\n${settings}`,
    `apiVersion: ${budget}\nkind: PodDisruptionBudget\n${metadata}spec:\n  minAvailable: 1\n  selector:\n    matchLabels: {app.kubernetes.io/name: ${name}}\n`,
  ].join('---\n');
}

const container = (name: string): string =>
  `        - name: ${name}
          image: registry.example/team/${name}:1.42.0
          imagePullPolicy: IfNotPresent
          env:
            - name: LOG_LEVEL
              value: info
            - name: POD_NAME
              valueFrom:
                fieldRef: {fieldPath: metadata.name}
          ports:
            - {name: http, containerPort: 8080, protocol: TCP}
          resources:
            requests: {cpu: 100m, memory: 256Mi}
            limits: {memory: 512Mi}
          livenessProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 10
          readinessProbe:
            httpGet: {path: /ready, port: http}
          securityContext:
            allowPrivilegeEscalation: false
            runAsNonRoot: true
          volumeMounts:
            - {name: config, mountPath: /etc/app, readOnly: true}
`;
