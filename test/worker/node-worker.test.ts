import { workerContract } from './contract.js';

workerContract({ name: 'our Node worker', runtime: 'nodejs', peer: false });
