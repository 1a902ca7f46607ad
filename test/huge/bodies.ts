const labels = { 'app.kubernetes.io/name': 'app' };
const container = (name: string) => ({
  name,
  image: `registry.example/team/${name}:1.42.0`,
  imagePullPolicy: 'IfNotPresent',
  env: [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
  ],
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
  livenessProbe: { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
  volumeMounts: [{ name: 'config', mountPath: '/etc/app', readOnly: true }],
});
const podSpec = {
  containers: [container('main'), container('proxy')],
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  serviceAccountName: 'app',
  volumes: [{ name: 'config', configMap: { name: 'app', defaultMode: 420 } }],
};
const template = { metadata: { labels }, spec: podSpec };
const workload = { spec: { replicas: 2, selector: { matchLabels: labels }, template }, status: { replicas: 2 } };
const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: '2026-10-01T08:00:00Z' });
const rules = [
  { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] },
];
const subjects = [{ kind: 'ServiceAccount', name: 'app', namespace: 'team-0' }];
const roleRef = (kind: string) => ({ subjects, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'app' } });
const text = 'server.port=8080\nserver.name=app\ncache.size=4096\nlog.level=info\n'.repeat(3);
const webhook = {
  name: 'check.example.com',
  admissionReviewVersions: ['v1'],
  clientConfig: { service: { namespace: 'team-0', name: 'webhook', path: '/check', port: 443 } },
  rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], operations: ['CREATE'], scope: '*' }],
  sideEffects: 'None',
  failurePolicy: 'Ignore',
};

/** What kinds have beside `metadata`; others have an empty `spec`. */
const bodies: Readonly<Record<string, object>> = {
  ConfigMap: { data: { 'application.properties': text, 'feature.flags': 'one,two,three' } },
  Secret: { type: 'Opaque', data: { password: Buffer.from('not a secret').toString('base64') } },
  Pod: {
    spec: { ...podSpec, nodeName: 'ip-10-0-0-1.eu-central-1.compute.internal' },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
    },
  },
  Node: {
    spec: { providerID: 'aws:///eu-central-1a/i-00000000000000000' },
    status: {
      conditions: [condition('Ready')],
      nodeInfo: {
        ...{ architecture: 'amd64', operatingSystem: 'linux', osImage: 'Amazon Linux 2023.9.20261101' },
        ...{ containerRuntimeVersion: 'containerd://1.7.28', kernelVersion: '6.12.53-69.119.amzn2023.x86_64' },
        ...{
          kubeletVersion: 'v1.33.5-eks-113cf36',
          kubeProxyVersion: '',
          bootID: 'b',
          machineID: 'm',
          systemUUID: 's',
        },
      },
    },
  },
  Namespace: { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
  Deployment: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  StatefulSet: workload,
  Job: { spec: { template }, status: { succeeded: 1 } },
  CronJob: { spec: { schedule: '0 * * * *', jobTemplate: { spec: { template } } } },
  HorizontalPodAutoscaler: {
    spec: {
      minReplicas: 2,
      maxReplicas: 5,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
    },
  },
  PodDisruptionBudget: { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
  Service: { spec: { type: 'ClusterIP', selector: labels, ports: [{ port: 80, targetPort: 'http' }] } },
  Endpoints: { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 8080 }] }] },
  EndpointSlice: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 8080 }] },
  ServiceAccount: {},
  Role: { rules },
  ClusterRole: { rules },
  RoleBinding: roleRef('Role'),
  ClusterRoleBinding: roleRef('ClusterRole'),
  MutatingWebhookConfiguration: { webhooks: [webhook] },
  ValidatingWebhookConfiguration: { webhooks: [webhook] },
  StorageClass: { provisioner: 'ebs.csi.aws.com', volumeBindingMode: 'WaitForFirstConsumer' },
  PriorityClass: { value: 1_000, globalDefault: false },
  RuntimeClass: { handler: 'runc' },
};

export const bodyOf = (kind: string): object => bodies[kind] ?? { spec: {} };
