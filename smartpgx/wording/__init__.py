"""Every sentence a user reads is made here, from structure. Pure."""
