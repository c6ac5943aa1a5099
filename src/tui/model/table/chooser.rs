//! A list that narrows as one types: which columns the run table has, or by what it is grouped.
