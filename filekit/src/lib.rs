//! filekit
