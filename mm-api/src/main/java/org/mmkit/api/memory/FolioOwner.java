package org.mmkit.api.memory;

/** What a folio belongs to (Linux: folio->mapping): an anonymous reverse-mapping root or a page cache. */
public interface FolioOwner {}
