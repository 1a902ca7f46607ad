import { clusterAccessContract } from './cluster-access-contract.ts';
import { clusterAccessOverTls, inMemoryClusterAccess } from './cluster-access-under-test.ts';

clusterAccessContract('the fake clusters in this process', inMemoryClusterAccess);
clusterAccessContract('the Kubernetes client over TLS', clusterAccessOverTls);
