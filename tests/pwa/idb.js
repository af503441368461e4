// IndexedDB in memory, as far as the phone's store uses it: transactions one after the other, all or
// nothing, values cloned. What a killed browser leaves is a `disk` copied at any moment.

/** What survives: database name -> {version, stores: name -> {keyPath, indexes, rows}}. */
let disk = new Map();
/** Told after each commit; may copy the disk. */
let committed = () => {};
/** Asked before each put; an error that it returns ends the transaction. */
let refused = () => null;

const copyStore = (store) => ({ ...store, rows: new Map(store.rows) });
const copyStores = (stores) => new Map([...stores].map(([name, store]) => [name, copyStore(store)]));

/** A copy of all that is on disk now. */
export const snapshot = () => new Map([...disk].map(([name, { version, stores }]) => [name, { version, stores: copyStores(stores) }]));
/** The disk as it was. */
export const restore = (copy) => {
  disk = new Map([...copy].map(([name, { version, stores }]) => [name, { version, stores: copyStores(stores) }]));
};
export const clear = () => restore(new Map());
export const onCommit = (listener) => (committed = listener);
export const onPut = (judge) => (refused = judge);
/** The raw rows of a store. */
export const rows = (name) => [...(disk.get('office')?.stores.get(name)?.rows.values() ?? [])];

/** Whether an index lists a value (null and undefined it does not), and a key or range holds it. */
function within(found, key) {
  if (!['string', 'number'].includes(typeof found)) return false;
  return key?.upper === undefined ? key === undefined || found === key : found <= key.upper;
}
globalThis.IDBKeyRange = { upperBound: (upper) => ({ upper }) };

const later = (work) => setImmediate(work);

class Store {
  constructor(tx, name) {
    this.transaction = tx;
    this.name = name;
  }
  get meta() {
    return this.transaction.stores.get(this.name);
  }
  request(work) {
    const request = { transaction: this.transaction, onsuccess: null, result: undefined };
    this.transaction.pending.push(() => {
      request.result = work(this.meta);
      request.onsuccess?.();
    });
    return request;
  }
  get = (key) => this.request(({ rows: all }) => structuredClone(all.get(key)));
  getKey = (key) => this.request(({ rows: all }) => (all.has(key) ? key : undefined));
  getAll = () => this.request(({ rows: all }) => structuredClone([...all.values()]));
  count = () => this.request(({ rows: all }) => all.size);
  delete = (key) => this.request(({ rows: all }) => void all.delete(key));
  put(value, key) {
    if (this.transaction.mode !== 'readwrite') throw new Error('read only');
    const copy = structuredClone(value);
    return this.request(({ rows: all, keyPath }) => {
      const error = refused(this.name, copy);
      if (error) throw error;
      all.set(keyPath ? copy[keyPath] : key, copy);
    });
  }
  createIndex(name, path) {
    this.meta.indexes.set(name, path);
  }
  index(name) {
    const path = this.meta.indexes.get(name);
    if (!path) throw new Error(`no index ${name}`);
    const match = (all, key) => [...all.values()].filter((row) => within(row[path], key));
    return {
      getAll: (key) => this.request(({ rows: all }) => structuredClone(match(all, key))),
      count: (key) => this.request(({ rows: all }) => match(all, key).length),
    };
  }
}

let tail = Promise.resolve();

class Transaction {
  constructor(name, mode, stores) {
    Object.assign(this, { name, mode, stores, pending: [], error: null });
    tail = tail.then(() => new Promise((resolve) => later(() => this.go(resolve))));
  }
  objectStore(name) {
    if (!disk.get(this.name).stores.has(name)) throw Object.assign(new Error(name), { name: 'NotFoundError' });
    return new Store(this, name);
  }
  commit() {}
  abort() {
    this.aborted = true;
  }
  go(done) {
    this.stores = copyStores(disk.get(this.name).stores);
    const end = (what) => {
      done();
      what?.();
    };
    try {
      while (this.pending.length && !this.aborted) this.pending.shift()();
    } catch (error) {
      Object.assign(this, { error, aborted: true });
    }
    if (this.aborted) return end(this.onabort);
    if (this.mode === 'readwrite') {
      disk.get(this.name).stores = this.stores;
      committed();
    }
    return end(this.oncomplete);
  }
}

const open = (name, version) => {
  const request = {};
  later(() => {
    const known = disk.get(name) ?? { version: 0, stores: new Map() };
    const wanted = version ?? (known.version || 1);
    if (wanted < known.version) {
      request.error = Object.assign(new Error('newer'), { name: 'VersionError' });
      return request.onerror?.();
    }
    disk.set(name, known);
    const db = {
      close() {},
      transaction: (_names, mode) => new Transaction(name, mode, known.stores),
      createObjectStore(store, { keyPath } = {}) {
        known.stores.set(store, { keyPath, indexes: new Map(), rows: new Map() });
        return new Store({ stores: known.stores, pending: [] }, store);
      },
    };
    request.result = db;
    if (wanted > known.version) request.onupgradeneeded?.({ oldVersion: known.version });
    known.version = wanted;
    return request.onsuccess?.();
  });
  return request;
};

globalThis.indexedDB = { open };
