//! A list that narrows while typing: the columns of the run table, or the key to group by.
