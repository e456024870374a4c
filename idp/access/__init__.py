"""Who may do what: powers, permissions, the viewer of a request and the guards of views."""
