"""What clinicians write of visits, and what registrars may see of it."""
