import { eksContract } from './eks-contract.ts';
import { eksOverHttp, inMemoryEks } from './eks-under-test.ts';

eksContract('the fake EKS in this process', inMemoryEks);
eksContract('the SDK over HTTP', eksOverHttp);
