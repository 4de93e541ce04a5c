/** Why a model's name cannot be the name of a folder that servers and shells find; empty where it can. */
export function folderNameFault(name: string): string[] {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name) && !name.includes('\n')) return [];
  return [
    `The model is called ${JSON.stringify(name)}, which is not the name of a folder: letters, digits, "_", "-" and ".".`,
  ];
}
