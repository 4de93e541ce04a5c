import { missingCommand } from '../support/commands.js';
import { workerContract } from './contract.js';

workerContract({ name: 'our Python worker', runtime: 'python', peer: false, missing: missingCommand('python3') });
