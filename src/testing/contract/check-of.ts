import type { ContractCheck, ContractFinding } from '#conventions/run-contract.js';

/** What makes the outcomes of a check of this name: whether it was made, how it went, and what is wrong. */
export function checkOf(
  name: ContractCheck['name'],
): (looked: boolean, told: string, findings?: readonly ContractFinding[]) => ContractCheck {
  return (looked, told, findings = []) => ({ name, looked, told, findings });
}
